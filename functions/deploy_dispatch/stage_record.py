"""What a stage serves, what is under way there, and what every end of a run changes of that.

Moments are UTC, so that text sorts as time does. Runs are ordered by GitHub's own times, since the
clocks of runners and of this function may differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from deploy_dispatch.order import DEPLOY, LOOK, REMOVE, RESTORE, Order

DEPLOYED, FAILED, ROLLED_BACK, REMOVED, SKIPPED, CANCELLED, LOOKED = OUTCOMES = (
    "deployed",
    "failed",
    "rolled_back",
    "removed",
    "skipped",
    "cancelled",
    "looked",
)
STARTING, STARTED, WITHDRAWN = "starting", "started", "withdrawn"
# Of a stage, that many versions are remembered; it goes back no further.
_MOST_VERSIONS = 100


@dataclass(frozen=True)
class Presence:
    """One version in one stage; what never happened is empty.

    Args:
        healthy: when it last passed its test there.
        untested: when a run that was cut off left it serving there.
        removed: when it was taken out without a successor.
        ended: when a run with it ended last.
        outcome: how that run ended.
        tried: number of the last decision about it that was carried out there; -1 if none was.
        place: of that run among those of its project.
        run: address of that run.
        configuration: commit of the deploy repository that it ran.
    """

    healthy: str = ""
    untested: str = ""
    removed: str = ""
    ended: str = ""
    outcome: str = ""
    tried: int = -1
    place: str = ""
    run: str = ""
    configuration: str = ""

    @property
    def is_tested(self) -> bool:
        """Whether what serves is what passed its test."""
        return self.healthy >= self.untested


@dataclass(frozen=True)
class UnderWay:
    """An order that is carried out.

    Args:
        order: which.
        state: STARTING until its run is known to be started, then STARTED; WITHDRAWN from before
            GitHub is asked to cancel it, so that nobody takes that for a person's doing.
        claimed_by: id of the event on whose behalf it is started.
        claimed_at: when that began, in milliseconds since the epoch; moves with each renewal.
        since: when it was first claimed; no run of this order was started before.
        after: id of the newest run that was there before; its own is greater.
    """

    order: Order
    state: str
    claimed_by: str
    claimed_at: int
    since: int
    after: int = 0

    def renewed(self, claimed_by: str, now: int) -> "UnderWay":
        """The same, held anew; two renewals never have the same time."""
        return replace(self, claimed_by=claimed_by, claimed_at=max(now, self.claimed_at + 1))


@dataclass(frozen=True)
class RunEnd:
    """How a run ended.

    Args:
        order: what it was to do; its decision is that of the order it was started for.
        outcome: one of OUTCOMES.
        serves: what the stage serves now, tested or not; empty if nothing, None if not known.
        is_untouched: whether it ended before it could change the stage.
        since: when its order was first claimed, as `UnderWay` has it; 0 if nobody ordered it.
        is_dropped: whether GitHub dropped it for a later run, so that it counts as never started.
        place: of the run among those of its project; text that sorts.
        run_id: of the run; 0 if it is gone.
        moment: when, as the ledger tells it.
        run: its address.
        configuration: commit of the deploy repository.
        trouble: what people must see to, if the stage cannot be brought in order without them.
    """

    order: Order
    outcome: str
    serves: str | None
    place: str
    moment: str
    run_id: int = 0
    is_untouched: bool = False
    since: int = 0
    is_dropped: bool = False
    run: str = ""
    configuration: str = ""
    trouble: str = ""

    @property
    def tells_of_stage(self) -> bool:
        """Whether it says what the stage serves, or leaves that open."""
        is_open = not self.is_untouched or self.outcome == SKIPPED or self.order.kind == LOOK
        return self.serves is not None or is_open


@dataclass(frozen=True)
class StageRecord:
    """What is known of a stage.

    Args:
        versions: that ran there, by ARN.
        serves: ARN of the version that it serves; empty if none.
        is_unknown: whether it may serve something else, so that somebody must look.
        is_looked_in_vain: whether that look told nothing.
        under_way: the order that is carried out; None if none is.
        way_back: the served version, with the number of the decision about it, from which the way
            back was tried; empty if none was.
        last_run: place of the latest run whose end is counted.
        known_at: place of the latest one that told what is served, or that may have changed it.
        last_ordered: id of the newest run that was started for an order; 0 if none was.
        trouble: what its last run left to people.
        attention: what people were told to see to; empty if nothing.
    """

    versions: Mapping[str, Presence] = field(default_factory=dict)
    serves: str = ""
    is_unknown: bool = False
    is_looked_in_vain: bool = False
    under_way: UnderWay | None = None
    way_back: str = ""
    last_run: str = ""
    known_at: str = ""
    last_ordered: int = 0
    trouble: str = ""
    attention: str = ""

    def of(self, arn: str) -> Presence:
        """What is known of a version here."""
        return self.versions.get(arn, Presence())

    def healthy(self) -> Iterator[str]:
        """The versions that were healthy here, the latest first."""
        seen = [arn for arn in self.versions if self.versions[arn].healthy]
        yield from sorted(seen, key=lambda arn: self.versions[arn].healthy, reverse=True)

    def after(self, end: RunEnd) -> "StageRecord":
        """What is known after a run's end.

        One that is older than the last says nothing of the stage any more, but of its version; so
        does one that touched nothing and did not look.
        """
        freed = self._freed_by(end) if self._is_ended_by(end) else self
        if end.is_dropped:
            return freed
        known = freed._with_version(end) if end.order.kind != LOOK else freed
        if end.place > self.known_at and end.tells_of_stage:
            known = replace(known._serving(end), known_at=end.place)
        if end.place > self.last_run:
            trouble = self.trouble if end.order.kind == LOOK else end.trouble
            known = replace(known, last_run=end.place, trouble=trouble)
        elif freed == self:
            return known
        return replace(known, way_back=_way_back(end) or self.way_back)

    def _is_ended_by(self, end: RunEnd) -> bool:
        claim = self.under_way
        return claim is not None and (claim.order, claim.since) == (end.order, end.since)

    def _freed_by(self, end: RunEnd) -> "StageRecord":
        return replace(self, under_way=None, last_ordered=max(self.last_ordered, end.run_id))

    def _with_version(self, end: RunEnd) -> "StageRecord":
        arn = end.order.arn or end.order.instead_of or self.serves
        if not arn:
            return self
        before = self.of(arn)
        if end.place <= before.place:
            return self
        is_late = end.place <= self.last_run
        moment = end.place.partition(" ")[0] if is_late else end.moment
        is_about = bool(end.order.arn) or end.outcome == REMOVED
        now = replace(
            before,
            place=end.place,
            ended=moment,
            # A removal that came to nothing says nothing of what it was to remove.
            outcome=end.outcome if is_about else before.outcome,
            run=end.run,
            configuration=end.configuration,
        )
        if end.order.kind == DEPLOY:
            now = replace(now, tried=max(before.tried, end.order.decision))
        if end.outcome == DEPLOYED:
            now = replace(now, healthy=moment, untested="" if is_late else before.untested)
        if end.outcome == REMOVED:
            now = replace(now, removed=moment)
        return self._keeping(arn, now)

    def _serving(self, end: RunEnd) -> "StageRecord":
        """The same with what the stage serves."""
        if end.serves is None:
            is_vain = end.order.kind == LOOK
            is_unknown = self.is_unknown or end.outcome == SKIPPED or not end.is_untouched
            return replace(self, is_unknown=is_unknown, is_looked_in_vain=is_vain)
        known = replace(self, serves=end.serves, is_unknown=False, is_looked_in_vain=False)
        is_left = end.serves == self.serves and (end.is_untouched or end.order.arn != self.serves)
        if not end.serves or end.outcome == DEPLOYED or is_left:
            return known
        before = known.of(end.serves)
        if end.outcome == ROLLED_BACK and before.healthy:
            return known
        return known._keeping(end.serves, replace(before, untested=end.moment))

    def _keeping(self, arn: str, presence: Presence) -> "StageRecord":
        """The same with a version as it is now; what was healthy longest ago may be forgotten."""
        others = sorted(
            (other for other in self.versions if other not in (arn, self.serves)),
            key=lambda other: (self.versions[other].healthy, self.versions[other].ended),
        )
        kept = {other: self.versions[other] for other in others[2 - _MOST_VERSIONS :]}
        if self.serves in self.versions:
            kept[self.serves] = self.versions[self.serves]
        return replace(self, versions={**kept, arn: presence})


def way_back_from(arn: str, decision: int) -> str:
    """What a way back is remembered by: it is tried once for each decision."""
    return f"{arn} {decision}"


def _way_back(end: RunEnd) -> str:
    order = end.order
    if order.kind in (RESTORE, REMOVE) and order.instead_of:
        return way_back_from(order.instead_of, order.decision)
    return ""
