"""The seven things that hold of the stages of a project, whatever people and faults do.

1. No version reaches a stage before it was healthy in every listed stage before it, restorations
   aside; none reaches a stage that is not listed.
2. At rest each stage serves the newest version that passed its gates, or what the way back says, or
   what a person did last, shown as such, or is marked as needing attention with an alarm.
3. At most one run a stage at a time, and one a decision.
4. Nothing that a project role can write changes a decision, except the report of a stage's own role
   on that stage, for a run that the function started.
5. A gate is opened by a second person.
6. A run that died is found within 15 minutes.
7. An older version replaces a newer one only by the way back.

Each returns what is broken, in sentences that begin with its number.
"""

from collections.abc import Iterator

from deploy_dispatch.decide import version_number
from tests.rehearsed.functions.deploy_dispatch.played_project import REGISTRY, PlayedProject
from tests.rehearsed.functions.deploy_dispatch.played_runs import (
    CALLED_OFF,
    DEPLOYED,
    DROPPED,
    ENDED,
    PlayedRun,
)

FOUND_WITHIN_SECONDS = 900.0


def at_start(project: PlayedProject, run: PlayedRun) -> Iterator[str]:
    """What must hold when the function starts a run."""
    yield from only_after_earlier_stages(project, run)
    yield from one_run(project, run)
    yield from by_a_second_person(project, run)


def after_change(project: PlayedProject, run: PlayedRun, before: str) -> Iterator[str]:
    """What must hold when a run has changed what its stage serves."""
    now = project.runs.stage(run.stage).serves
    is_older = version_number(now) < version_number(before)
    if now and is_older and run.is_ordered and not run.instead_of:
        yield f"7: {run.title!r} replaced {before}"


def after_step(project: PlayedProject) -> Iterator[str]:
    """What must hold at any time."""
    yield from only_people_decide(project)
    yield from found_in_time(project)


def only_after_earlier_stages(project: PlayedProject, run: PlayedRun) -> Iterator[str]:
    """The first."""
    if not run.arn:
        return
    if run.stage not in project.listed:
        yield f"1: {run.title!r}, but listed are {', '.join(project.listed)}"
        return
    names = list(project.listed)
    earlier = names[: names.index(run.stage)] if run.is_deployment else [run.stage]
    for name in earlier:
        if run.arn not in project.runs.stage(name).healthy:
            yield f"1: {run.title!r}, which was not healthy in {name}"


def one_run(project: PlayedProject, run: PlayedRun) -> Iterator[str]:
    """The third; what a person ran again is his."""
    order = project.order_of(run)
    if order is None:
        yield f"3: {run.title!r} is started, and no order is under way"
        return
    run.decision = order.decision
    for other in project.runs.attempts:
        if not other.is_ordered or other.stage != run.stage:
            continue
        if other.state != ENDED and project.runs.is_there(other.id):
            yield f"3: {run.title!r} is started while {other.title!r} is {other.state}"
        is_same = (other.title, other.decision) == (run.title, run.decision)
        if is_same and not run.is_look and other.fate not in (DROPPED, CALLED_OFF):
            yield f"3: {run.title!r} is started once more for the decision {run.decision}"


def only_people_decide(project: PlayedProject) -> Iterator[str]:
    """The fourth."""
    people = project.people
    for arn in project.versions:
        known = project.decisions(arn)
        approvers = people.approved.get(arn, [])
        if known.approved_by and known.approved_by not in people.changed.get(arn, set()):
            yield f"4: {known.approved_by} is said to have approved {arn}"
        if known.number > len(approvers):
            yield f"4: {known.number} approvals of {arn}, which people gave {len(approvers)}"
        for stage, who in known.opened_by.items():
            if not people.opened.get((arn, stage)) or who not in people.changed.get(arn, set()):
                yield f"4: {who} is said to have opened {stage} for {arn}"


def by_a_second_person(project: PlayedProject, run: PlayedRun) -> Iterator[str]:
    """The fifth."""
    if not run.is_deployment or project.listed.get(run.stage) != REGISTRY:
        return
    known = project.decisions(run.arn)
    opener = known.opened_by.get(run.stage, "")
    people = project.people
    if not people.opened.get((run.arn, run.stage)) or len(people.changed[run.arn]) < 2:
        yield f"5: {run.title!r}, which no second person opened"
    elif opener in ("", known.approved_by):
        yield f"5: {run.title!r}, opened by {opener!r} and approved by {known.approved_by!r}"


def found_in_time(project: PlayedProject) -> Iterator[str]:
    """The sixth."""
    record = project.record()
    for run in project.runs.attempts:
        claim = record.of(run.stage).under_way
        is_of = (
            claim is not None
            and claim.order.title == run.title
            and claim.since / 1000 <= run.joined_at
        )
        if not run.is_ordered:
            continue
        if run.state == ENDED and is_of:
            since = max(run.ended_at, project.last_outage)
            if project.ticked_until - since > FOUND_WITHIN_SECONDS:
                yield f"6: {run.title!r} ended {project.now - since:.0f} s ago, {run.fate}"
        if run.state != ENDED and not is_of and not run.is_called_off:
            yield f"6: {run.title!r} is {run.state}, and is counted as ended"


def at_rest(project: PlayedProject) -> Iterator[str]:
    """The second."""
    record = project.record()
    names = list(project.listed)
    for place, name in enumerate(names):
        known = record.of(name)
        if known.under_way is not None:
            yield f"2: {name} is not at rest: {known.under_way}"
        elif known.attention:
            yield from _told(project, known.attention)
        else:
            yield from _in_order(project, names[: place + 1])


def _told(project: PlayedProject, attention: str) -> Iterator[str]:
    if project.has_lost_notices:
        return
    if not any(attention in notice for notice in project.world.aws.notices):
        yield f"2: nobody was told: {attention}"
    if not project.world.aws.metrics:
        yield f"2: no alarm was raised: {attention}"


def _in_order(project: PlayedProject, names: list[str]) -> Iterator[str]:
    """What holds of a stage that needs nobody."""
    name = names[-1]
    stage, known = project.runs.stage(name), project.record().of(name)
    if known.serves != stage.serves:
        yield f"2: {name} serves {stage.serves!r}, and the ledger says {known.serves!r}"
        return
    if stage.serves and not project.is_approved(stage.serves):
        yield f"2: {name} serves {stage.serves}, which is not approved, and nobody is told"
    if stage.serves and not stage.is_tested and known.of(stage.serves).is_tested:
        yield f"2: {name} serves {stage.serves}, which is not known as untested"
    is_shown = f"{name}-untested" in project.shown(stage.serves)
    if stage.serves and not known.of(stage.serves).is_tested and not is_shown:
        yield f"2: {name} serves {stage.serves}, which is not shown as untested"
    for arn in project.versions:
        if version_number(arn) > version_number(stage.serves) and _is_missing(project, names, arn):
            yield f"2: {name} serves {stage.serves!r} and not {arn}"


def _is_missing(project: PlayedProject, names: list[str], arn: str) -> bool:
    """Whether a version passed all gates of a stage and was never tried there since."""
    decisions = project.decisions(arn)
    if not (project.is_approved(arn) and decisions.approved_by):
        return False
    name = names[-1]
    opener = decisions.opened_by.get(name, "")
    if project.listed[name] == REGISTRY and opener in ("", decisions.approved_by):
        return False
    for earlier in names[:-1]:
        last = _last_try(project, arn, earlier)
        is_settled = project.runs.stage(earlier).serves == arn or _is_tried(project, arn, earlier)
        if project.record().of(earlier).attention or last is None or last.fate != DEPLOYED:
            return False
        if not is_settled or arn in project.runs.stage(earlier).removed:
            return False
    return not _is_tried(project, arn, name)


def _last_try(project: PlayedProject, arn: str, stage: str) -> PlayedRun | None:
    return max(_tries(project, arn, stage), key=lambda run: run.ended_at, default=None)


def _is_tried(project: PlayedProject, arn: str, stage: str) -> bool:
    """Whether a run that brings it there ended by itself, or by a person, since its approval."""
    since = project.decided_at.get(arn, 0.0)
    return any(run.ended_at >= since for run in _tries(project, arn, stage))


def _tries(project: PlayedProject, arn: str, stage: str) -> list[PlayedRun]:
    return [
        run
        for run in project.runs.attempts
        if (run.arn, run.stage) == (arn, stage) and run.fate not in (DROPPED, CALLED_OFF, "")
    ]
