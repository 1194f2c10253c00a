"""The rules: what is to be done next, of what is known, and of nothing else.

For each listed stage, in this order: while it is not known what it serves, look; deploy the newest
version that may come to it; where it serves what is no longer approved, go back. What is under way
is called off as soon as something else is wanted. What only people can settle is told to them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deploy_dispatch.order import DEPLOY, LOOK, REMOVE, RESTORE, Order
from deploy_dispatch.project_stages import REGISTRY, Stage
from deploy_dispatch.stage_record import (
    DEPLOYED,
    FAILED,
    STARTING,
    StageRecord,
    UnderWay,
    way_back_from,
)


@dataclass(frozen=True)
class VersionState:
    """A version as the registry has it now, and what people decided of it.

    Args:
        arn: which.
        is_approved: what the registry says.
        approved_by: the person who was seen to approve it; empty if nobody was.
        decision: how many approvals were seen.
        gate: the stage that people were asked to open last; empty if none.
        opened_by: who opened a stage in the registry, by stage.
        is_asked_again: whether people were told that its approval does not count.
    """

    arn: str
    is_approved: bool = False
    approved_by: str = ""
    decision: int = 0
    gate: str = ""
    opened_by: Mapping[str, str] = field(default_factory=dict)
    is_asked_again: bool = False

    @property
    def number(self) -> int:
        """Its place among the versions of its group."""
        return version_number(self.arn)

    @property
    def is_admitted(self) -> bool:
        """Whether it is approved, and that by a person."""
        return self.is_approved and bool(self.approved_by)

    def is_open(self, stage: Stage) -> bool:
        """Whether it may enter a stage, as far as the registry decides that: by a second person."""
        opener = self.opened_by.get(stage.name, "")
        return stage.approval != REGISTRY or opener not in ("", self.approved_by)


@dataclass(frozen=True)
class View:
    """All that decisions are made of.

    Args:
        stages: those that the project lists, in order.
        versions: those that matter, by ARN; a served one that is not among them is deleted.
        records: what is known of stages, by name.
    """

    stages: tuple[Stage, ...]
    versions: Mapping[str, VersionState]
    records: Mapping[str, StageRecord]

    def record(self, stage: str) -> StageRecord:
        """What is known of a stage; nothing, if no run ever ended there."""
        return self.records.get(stage, StageRecord())


@dataclass(frozen=True)
class Start:
    """Start a run."""

    order: Order


@dataclass(frozen=True)
class CallOff:
    """Take back what is under way, if it has not begun."""

    under_way: UnderWay


@dataclass(frozen=True)
class Resume:
    """See to the start of a run that was left behind; it is decided anew after that."""

    under_way: UnderWay


@dataclass(frozen=True)
class AskGate:
    """Ask people to open a stage."""

    arn: str
    stage: str


@dataclass(frozen=True)
class AskAgain:
    """Tell people that an approval does not count, since no person is known to have given it."""

    arn: str


@dataclass(frozen=True)
class Attend:
    """Tell people what they must see to in a stage; an empty sentence says that it is settled."""

    stage: str
    sentence: str


Step = Start | CallOff | Resume | AskGate | AskAgain | Attend


def version_number(arn: str) -> int:
    """The number at an ARN's end; 0 if it has none."""
    last = arn.rpartition("/")[2]
    return int(last) if last.isdecimal() else 0


def decide(view: View) -> list[Step]:
    """Return what is to be done now; nothing, if all is as it should be or under way."""
    steps: list[Step] = [
        AskAgain(version.arn)
        for version in view.versions.values()
        if version.is_approved and not version.approved_by and not version.is_asked_again
    ]
    for place in range(len(view.stages)):
        steps += _in_listed(view, place)
    listed = {stage.name for stage in view.stages}
    for name in sorted(view.records.keys() - listed):
        steps += _in_unlisted(view, name)
    return steps


def _in_listed(view: View, place: int) -> Iterator[Step]:
    stage = view.stages[place]
    record = view.record(stage.name)
    wanted = _wanted(view, place)
    if record.under_way is not None:
        yield from _of_what_is_under_way(record.under_way, wanted)
    elif wanted is not None:
        yield Start(wanted)
    asked = _waiting_at_gate(view, place)
    if asked is not None:
        yield AskGate(asked.arn, stage.name)
    if record.under_way is None and wanted is None:
        yield from _attention(stage.name, record, _trouble(view, stage.name))


def _of_what_is_under_way(under_way: UnderWay, wanted: Order | None) -> Iterator[Step]:
    if under_way.state == STARTING:
        yield Resume(under_way)
    elif under_way.order != wanted:
        yield CallOff(under_way)


def _in_unlisted(view: View, name: str) -> Iterator[Step]:
    """A stage that was taken off the list stays as it is; nothing reaches it any more."""
    record = view.record(name)
    if record.under_way is not None:
        yield from _of_what_is_under_way(record.under_way, None)
        return
    trouble = ""
    if _is_rejected(view, record.serves):
        trouble = (
            f"{name} serves {record.serves}, which is not approved any more, and config/stages.yml "
            f"does not list {name}; remove its endpoint with the workflow Remove endpoint."
        )
    yield from _attention(name, record, trouble)


def _attention(stage: str, record: StageRecord, sentence: str) -> Iterator[Step]:
    if sentence != record.attention:
        yield Attend(stage, sentence)


def _wanted(view: View, place: int) -> Order | None:
    """The run that a stage needs, were nothing under way there."""
    stage = view.stages[place].name
    record = view.record(stage)
    if record.is_unknown and not record.is_looked_in_vain:
        return Order(LOOK, stage)
    newest = next(_may_come(view, place), None)
    if newest is not None and newest.is_open(view.stages[place]):
        return Order(DEPLOY, stage, newest.arn, decision=newest.decision)
    return _back(view, stage)


def _may_come(view: View, place: int) -> Iterator[VersionState]:
    """Versions that may be deployed to a stage but for its gate, those whose gate is open first.

    An older version than the one that is served comes by the way back alone.
    """
    stage = view.stages[place]
    record = view.record(stage.name)
    newer = [
        version
        for version in view.versions.values()
        if version.is_admitted
        and version.number > _newest_possible(record)
        and record.of(version.arn).tried < version.decision
        and all(_has_passed(view, earlier.name, version) for earlier in view.stages[:place])
    ]
    yield from sorted(newer, key=lambda one: (one.is_open(stage), one.number), reverse=True)


def _newest_possible(record: StageRecord) -> int:
    """Number of the newest version that a stage may serve; any that ran there, if it is unknown."""
    possible = [record.serves, *(record.versions if record.is_unknown else ())]
    return max(map(version_number, possible))


def _has_passed(view: View, stage: str, version: VersionState) -> bool:
    """Whether a version was healthy in a stage, and need not be deployed there again first."""
    record = view.record(stage)
    known = record.of(version.arn)
    is_settled = record.serves == version.arn or known.tried >= version.decision
    return bool(known.healthy) and known.outcome == DEPLOYED and is_settled


def _waiting_at_gate(view: View, place: int) -> VersionState | None:
    """The newest version whose gate people were not asked to open yet."""
    stage = view.stages[place]
    shut = [one for one in _may_come(view, place) if not one.is_open(stage)]
    newest = max(shut, key=lambda one: one.number, default=None)
    return newest if newest is not None and newest.gate != stage.name else None


def _back(view: View, stage: str) -> Order | None:
    """The way back from what is no longer approved, once for each decision about it."""
    record = view.record(stage)
    if not _is_rejected(view, record.serves):
        return None
    decision = view.versions[record.serves].decision
    if record.way_back == way_back_from(record.serves, decision):
        return None
    for arn in record.healthy():
        version = view.versions.get(arn)
        if version is not None and version.is_admitted:
            return Order(RESTORE, stage, arn, instead_of=record.serves, decision=decision)
    return Order(REMOVE, stage, instead_of=record.serves, decision=decision)


def _is_rejected(view: View, arn: str) -> bool:
    return arn in view.versions and not view.versions[arn].is_approved


def _trouble(view: View, stage: str) -> str:
    """What people must see to in a stage where nothing is under way, and nothing to be done."""
    record = view.record(stage)
    serves = record.serves
    if record.is_unknown:
        return (
            f"{stage} may serve something else than the ledger says; look at its endpoint, then "
            "start the workflow Remove endpoint with only_look, or deploy a version by hand."
        )
    if _is_rejected(view, serves):
        return (
            f"{stage} serves {serves}, which is not approved, and the way back did not succeed; "
            "deploy an approved version by hand, or remove the endpoint."
        )
    if serves and serves not in view.versions:
        return (
            f"{stage} serves {serves}, which is deleted from the registry; deploy another version, "
            "or remove the endpoint."
        )
    known = record.of(serves)
    if serves and not known.is_tested and known.outcome == FAILED:
        return (
            f"{stage} serves {serves}, whose run was cut off before its test; run it again, or "
            "reject the version."
        )
    return record.trouble
