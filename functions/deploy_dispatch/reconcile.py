"""Brings the stages of one project to what they should be: look, decide, order, until it rests.

Every event is only a reason to do that. A report, and what GitHub alone tells of a run, are written
into the ledger first; what people did is written down at the look; then the rules (`decide.py`)
say what is to be done, of what is known by then.
"""

from dataclasses import dataclass, replace

from deploy_dispatch import decision_log
from deploy_dispatch.decide import (
    AskAgain,
    AskGate,
    Attend,
    CallOff,
    Resume,
    Start,
    Step,
    View,
    decide,
)
from deploy_dispatch.dispatch_workflow import DispatchRefusedError
from deploy_dispatch.display import (
    PENDING,
    clear,
    show_attention,
    show_outcome,
    show_people,
    show_untested,
)
from deploy_dispatch.ledger import Decisions, Ledger
from deploy_dispatch.look import Look, Seen, SeenVersion, refusal_of_gate
from deploy_dispatch.notices import Notices
from deploy_dispatch.order import LOOK, Order
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.registry import APPROVED, Registry
from deploy_dispatch.registry_change import RegistryChange
from deploy_dispatch.run_ends import RunEnds
from deploy_dispatch.stage_record import (
    CANCELLED,
    DEPLOYED,
    FAILED,
    LOOKED,
    REMOVED,
    ROLLED_BACK,
    SKIPPED,
    STARTING,
    WITHDRAWN,
    RunEnd,
    StageRecord,
    UnderWay,
)
from deploy_dispatch.stage_report import StageReport
from deploy_dispatch.start_run import Starter
from deploy_dispatch.withdrawal import Withdrawal

# Each round does what the one before made possible; a stage needs two or three.
_MOST_ROUNDS = 12
_NOBODY = "it cannot be told who approved; approve it once more"
_ENDS = {
    DEPLOYED: "{stage} serves {arn} now",
    ROLLED_BACK: "{stage} went back, since {arn} did not pass there",
    FAILED: "the deployment of {arn} to {stage} failed",
    CANCELLED: "the deployment of {arn} to {stage} was cancelled",
    REMOVED: "{stage} serves nothing any more; it served {arn}",
}


class RestlessError(Exception):
    """The stages of a project do not come to rest."""

    def __init__(self, group: str, step: Step) -> None:
        super().__init__(
            f"The stages of {group} do not come to rest after {_MOST_ROUNDS} rounds, the last of "
            f"which was {step}; the event is tried again by itself."
        )


class _HeldUpError(Exception):
    """A stage is left to a run that a person started."""

    def __init__(self, title: str) -> None:
        super().__init__(f"waits for the end of {title!r}, which nobody ordered")


@dataclass(frozen=True)
class Reconciler:
    """Sees to one project on behalf of one event.

    Args:
        group: the project's model package group.
        stages: that the project lists.
        look: at its versions.
        registry: where people are shown things.
        ledger: what is known.
        run_ends: asks GitHub about runs.
        starter: starts runs.
        withdrawal: takes back what has not begun.
        notices: tell people.
    """

    group: str
    stages: tuple[Stage, ...]
    look: Look
    registry: Registry
    ledger: Ledger
    run_ends: RunEnds
    starter: Starter
    withdrawal: Withdrawal
    notices: Notices

    def take_in(self, report: StageReport) -> str:
        """Write down how a run ended, and show it; returns what was done.

        Raises:
            ReportError: GitHub does not confirm the report.
        """
        record = self.ledger.project(self.group).of(report.stage)
        end = self.run_ends.of_report(report, record, lambda arn: self.ledger.decisions(arn).number)
        said = f"{report.outcome} of {report.model_package_arn or 'nothing'} in {report.stage}"
        after = self._count(end)
        # A run that is not the one under way may have pushed that aside.
        if after.under_way is not None:
            self._take_in_silent_end(after.under_way)
        if end.place not in (after.last_run, after.of(report.model_package_arn).place):
            return f"known: {said}"
        # Shown again if an earlier attempt was cut off before it had shown it.
        if report.outcome not in (SKIPPED, LOOKED):
            self._show(report, after)
        return f"recorded: {said}"

    def take_in_silent_ends(self) -> list[str]:
        """Write down the ends of runs that sent no report, or could not."""
        done = []
        for record in self.ledger.project(self.group).stages.values():
            under_way = record.under_way
            if under_way is not None and self._take_in_silent_end(under_way):
                done.append(f"ended without a report: {under_way.order.title!r}")
        return done

    def _take_in_silent_end(self, under_way: UnderWay) -> bool:
        if under_way.state == STARTING:
            return False
        end = self.run_ends.without_report(under_way)
        if end is not None:
            self._count(end)
        return end is not None

    def settle(self, change: RegistryChange | None) -> list[str]:
        """Do all that there is to do now, and say what was done.

        Args:
            change: in the registry, if that is the reason to look.

        Raises:
            GitHubError: GitHub did not start a run; the event must be tried again.
            ClaimBusyError: the same.
            RestlessError: the same.
        """
        done: list[str] = []
        left: set[Step] = set()
        is_held_up = False
        for _ in range(_MOST_ROUNDS):
            seen = self.look.around(change)
            self._clean(seen)
            view = self._view(seen)
            steps = [step for step in decide(view) if _as_left(step) not in left]
            decision_log.write(view, steps)
            self._show_people(seen, change)
            if not steps:
                self._come_to_rest(seen, is_held_up=is_held_up)
                return done or self._explain(seen, change)
            for step in steps:
                # What is under way by then as it was before is left to whoever sees to it.
                if isinstance(step, CallOff | Resume):
                    left.add(_as_left(step))
                try:
                    done.append(self._carry_out(step, seen))
                except _HeldUpError as held:
                    left.add(step)
                    done.append(str(held))
                    is_held_up = True
        raise RestlessError(self.group, steps[-1])

    def _view(self, seen: Seen) -> View:
        states = {arn: version.state for arn, version in seen.versions.items()}
        return View(self.stages, states, seen.project.stages)

    def _carry_out(self, step: Step, seen: Seen) -> str:
        if isinstance(step, Start):
            return self._start(step.order, seen.project.of(step.order.stage))
        if isinstance(step, Resume):
            return self.starter.resume(step.under_way)
        if isinstance(step, CallOff):
            return self._call_off(step.under_way)
        if isinstance(step, AskGate):
            return self._ask_gate(seen.versions[step.arn], step.stage)
        if isinstance(step, AskAgain):
            return self._ask_again(seen.versions[step.arn])
        return self._attend(step)

    def _start(self, order: Order, known: StageRecord) -> str:
        others = self.run_ends.of_others(order, known)
        if others.end is not None:
            self._count(others.end)
            return f"ended without a report: {others.title!r}"
        if others.title:
            self.ledger.mark_busy(self.group)  # nobody may tell of its end
            raise _HeldUpError(others.title)
        try:
            return self.starter.start(order, known, others.newest_id)
        except DispatchRefusedError as error:
            if order.kind != LOOK:
                raise
            # A repository of an earlier template cannot look; people are told, and go on.
            self.ledger.change_stage(
                self.group, order.stage, lambda now: replace(now, is_looked_in_vain=True)
            )
            return str(error)

    def _call_off(self, under_way: UnderWay) -> str:
        """Take a run back that has not begun; one that has begun ends first."""
        held = replace(under_way, state=WITHDRAWN)
        _, now = self.ledger.change_stage(
            self.group,
            under_way.order.stage,
            lambda record: (
                replace(record, under_way=held) if record.under_way == under_way else record
            ),
        )
        if now.under_way != held:
            return f"overtaken: {under_way.order.title!r}"
        end = self.run_ends.without_report(held) or self.withdrawal.of(held)
        if end is None:
            return f"waits for the end of {under_way.order.title!r}"
        self._count(end)
        return f"called off: {under_way.order.title!r}"

    def _count(self, end: RunEnd) -> StageRecord:
        """Write an end down and tell of it, unless that was done; returns what is known then."""
        before, after = self.ledger.change_stage(
            self.group, end.order.stage, lambda record: record.after(end)
        )
        if after.last_run != before.last_run:
            self._tell_of(end)
        return after

    def _tell_of(self, end: RunEnd) -> None:
        arn = end.order.arn or end.order.instead_of
        sentence = _ENDS.get(end.outcome, "")
        version = self.registry.find(arn) if sentence and arn else None
        if version is not None:
            told = sentence.format(stage=end.order.stage, arn=arn)
            self.notices.tell(f"{told}: {end.run}" if end.run else f"{told}.", version.commit)

    def _show(self, report: StageReport, record: StageRecord) -> None:
        # Looked at before anything is written: whoever decided meanwhile changed it last.
        seen = self.look.at(report.model_package_arn)
        if seen is None:
            return
        decisions = self.ledger.change_decisions(
            seen.decisions,
            lambda known: replace(known, digests={**report.digests, **known.digests}),
        )
        presence = record.of(seen.version.arn)
        show_outcome(self.registry, seen.version, report, presence, decisions.digests)

    def _clean(self, seen: Seen) -> None:
        """Take off the display what versions brought along."""
        for arn, one in list(seen.versions.items()):
            if not one.decisions.is_clean:
                clear(self.registry, one.version, self.stages[0].name)
                cleaned = self.ledger.change_decisions(
                    one.decisions, lambda known: replace(known, is_clean=True)
                )
                version = replace(one.version, stage="", stage_status="", metadata={})
                seen.versions[arn] = SeenVersion(version, cleaned)

    def _show_people(self, seen: Seen, change: RegistryChange | None) -> None:
        one = seen.versions.get(change.model_package_arn) if change is not None else None
        if one is not None and one.decisions.revision:
            people = {"": one.decisions.approved_by, **one.decisions.opened_by}
            show_people(self.registry, one.version, people)

    def _ask_gate(self, one: SeenVersion, stage: str) -> str:
        approver = one.decisions.approved_by
        how = (
            f"Set the stage {stage} to {APPROVED} to deploy this version there. "
            f"Its approver, {approver}, cannot do that as well."
        )
        # First shown, then asked: what the version says of itself before that opens nothing.
        self.registry.write(one.version, stage=(stage, PENDING, how))
        before = one.decisions.revision
        now = self.ledger.change_decisions(one.decisions, lambda known: _asked(known, stage))
        if now.revision != before:
            told = f"{one.version.arn} waits for an approval of {stage} in the model registry."
            self.notices.tell(told, one.version.commit)
        return f"asked for an approval of {stage}"

    def _ask_again(self, one: SeenVersion) -> str:
        sentence = f"Not deployed: {_NOBODY}."
        self.registry.write(one.version, stage=(self.stages[0].name, PENDING, sentence))
        self.ledger.change_decisions(
            one.decisions, lambda known: replace(known, is_asked_again=True)
        )
        return f"refused {one.version.arn}: {_NOBODY}"

    def _attend(self, step: Attend) -> str:
        before, after = self.ledger.change_stage(
            self.group, step.stage, lambda record: replace(record, attention=step.sentence)
        )
        # Shown on what serves, or on what ran there last if that is deleted.
        known = sorted(after.versions, key=lambda arn: after.versions[arn].ended, reverse=True)
        shown = map(self.look.at, [after.serves, *known])
        seen = next((one for one in shown if one is not None), None)
        if seen is not None:
            show_attention(self.registry, seen.version, step.stage, step.sentence)
        if step.sentence and before != after:
            commit = seen.version.commit if seen is not None else ""
            self.notices.tell(f"Needs attention: {step.sentence}", commit)
            self.notices.raise_alarm()
        return f"needs attention: {step.sentence}" if step.sentence else f"{step.stage} is in order"

    def _come_to_rest(self, seen: Seen, *, is_held_up: bool) -> None:
        """Tell builds what is live, and have the project left alone if it needs no look."""
        records = seen.project
        serving = [records.of(stage.name).serves for stage in self.stages]
        live = next(filter(None, reversed(serving)), "")
        if records.revision:
            self.ledger.tell_live_version(self.group, live, records.revision)
        self._show_untested(seen)
        if records.is_at_rest() and not is_held_up:
            self.ledger.mark_at_rest(self.group)

    def _show_untested(self, seen: Seen) -> None:
        for name, record in seen.project.stages.items():
            served = seen.versions.get(record.serves)
            presence = record.of(record.serves)
            if served is not None and not presence.is_tested:
                show_untested(self.registry, served.version, name, presence)

    def _explain(self, seen: Seen, change: RegistryChange | None) -> list[str]:
        """Say what became of the change, where nothing was ordered."""
        if change is None:
            return []
        one = seen.versions.get(change.model_package_arn)
        if one is None or not one.version.is_approved:
            return [f"{change.model_package_arn} is not approved"]
        if not one.decisions.approved_by:
            return [f"refused {change.model_package_arn}: {_NOBODY}"]
        stage = one.version.stage
        is_shut = one.version.stage_status == APPROVED and not one.decisions.opened_by.get(stage)
        if not is_shut or stage not in {listed.name for listed in self.stages}:
            return []
        refusal = refusal_of_gate(one.decisions, one.version)
        self.registry.write(one.version, stage=(stage, PENDING, f"Not deployed: {refusal}."))
        return [f"refused for {stage}: {refusal}"]


def _asked(known: Decisions, stage: str) -> Decisions:
    return replace(known, gate=stage)


def _as_left(step: Step) -> Step:
    """A step as it is known by that was carried out once."""
    if isinstance(step, CallOff):
        return CallOff(replace(step.under_way, state=WITHDRAWN))
    return step
