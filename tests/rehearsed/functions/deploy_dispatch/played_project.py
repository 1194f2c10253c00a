"""One project as it truly is: what people did, what stages serve, which events are on their way.

The function sees none of it but by the registry, by reports and by GitHub.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deploy_dispatch.ledger import Decisions, Ledger, ProjectRecord
from deploy_dispatch.order import Order
from tests.killed_function import FunctionKilled
from tests.rehearsed.functions.deploy_dispatch.played_runs import PlayedRun, PlayedRuns
from tests.rehearsed.functions.deploy_dispatch.world import (
    GROUP,
    LAMBDA_WAITS,
    PIPELINE,
    DispatchWorld,
    identity,
)
from tests.unit.functions.fake_aws import FakeAws

REGISTRY = "registry"


@dataclass(eq=False)
class Sent:
    """An event on its way.

    Args:
        event: as EventBridge has it.
        number: of all events, in the order in which they were sent.
        at: when it was sent.
        is_forged: whether it is no true report.
        delivered: how often.
    """

    event: dict[str, Any]
    number: int
    at: float
    is_forged: bool = False
    delivered: int = 0

    @property
    def is_report(self) -> bool:
        """Whether a stage's role sent it."""
        return str(self.event["source"]) != "aws.sagemaker"


@dataclass
class People:
    """What people did with versions, by ARN."""

    approved: dict[str, list[str]] = field(default_factory=dict)
    opened: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    changed: dict[str, set[str]] = field(default_factory=dict)


def named(by: str) -> str:
    """A person as the ledger names him; whoever has a role is that role."""
    if by.startswith("user/"):
        return identity(by)
    return f"arn:aws:iam::111122223333:role/{by.split('/')[1]}"


class _Items:
    """The table as it is, without faults, and without giving others the turn."""

    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws

    def get_item(self, *, Key: Any, **_: Any) -> Any:  # noqa: N803 - AWS's name
        item = self._aws.items.get(Key["ClaimId"]["S"])
        return {"Item": item} if item else {}


class PlayedProject:
    """A project, whoever does something in it.

    Args:
        world: with its deploy repository.
    """

    def __init__(self, world: DispatchWorld) -> None:
        world.github.validate = False
        world.aws.is_strict = False
        self.world = world
        self.ledger = Ledger(_Items(world.aws), "any")
        self.runs = PlayedRuns(world, self._admits, self._newest)
        self.people = People()
        self.versions: list[str] = []
        self.listed: dict[str, str] = {}
        self.ever_listed: set[str] = set()
        self.events: list[Sent] = []
        self.counts: Counter[str] = Counter()
        self.broken: list[str] = []  # what an invariant says
        self.last_delivered = 0
        self.last_outage = 0.0
        self.ticked_until = 0.0  # no tick of the schedule before that is outstanding
        self.has_lost = False
        self.has_lost_notices = False
        self.decided_at: dict[str, float] = {}  # by version, when its approval was seen last
        self._numbers: dict[str, int] = {}

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.world.github.clock.seconds()

    def record(self) -> ProjectRecord:
        """The stages as the ledger has them."""
        return self.ledger.project(GROUP)

    def decisions(self, arn: str) -> Decisions:
        """What the ledger has of a version."""
        return self.ledger.decisions(arn)

    def is_approved(self, arn: str) -> bool:
        """What the registry says."""
        return self.world.aws.versions.get(arn, ("", ""))[0] == "Approved"

    def shown(self, arn: str) -> dict[str, str]:
        """What people are shown of a version; nothing if it is deleted."""
        told = self.world.aws.annotations.get(arn, {})
        return dict(told.get("CustomerMetadataProperties", {}))

    def list_stages(self, listed: dict[str, str]) -> None:
        """Change config/stages.yml."""
        if listed != self.listed:
            self.listed = listed
            self.ever_listed |= listed.keys()
            self.world.list_stages(**listed)
        self.runs.gated = {name for name, how in listed.items() if how == "environment"}

    def approve(self, arn: str, status: str, by: str) -> None:
        """A person, or a role of the project, decides on a version."""
        if by != PIPELINE:
            self.people.changed.setdefault(arn, set()).add(named(by))
            if status == "Approved":
                self.people.approved.setdefault(arn, []).append(named(by))
        self.send(self.world.decide(arn, status, by))

    def send(self, event: dict[str, Any], *, is_forged: bool = False) -> None:
        """Put an event on its way."""
        self.counts["events"] += 1
        self.events.append(Sent(event, self.counts["events"], self.now, is_forged))

    def count_delivery(self, sent: Sent) -> None:
        """Note how an event arrives."""
        self.counts["delivered"] += 1
        self.counts["late"] += self.now - sent.at > 3600
        self.counts["twice"] += sent.delivered > 0
        self.counts["reordered"] += sent.number < self.last_delivered
        self.last_delivered = max(self.last_delivered, sent.number)
        sent.delivered += 1

    def may_be_refused(self, sent: Sent) -> bool:
        """Whether a report need not be believed: it is forged, or its run was deleted."""
        url = str(sent.event["detail"].get("runUrl", ""))
        deleted = url and not self.runs.is_there(int(url.rpartition("/")[2]))
        return sent.is_forged or bool(deleted)

    def asynchronously(self, event: dict[str, Any], *, may_fail: bool) -> None:
        """Invoke as Lambda does: two retries, then the queue."""
        for wait in (*LAMBDA_WAITS, None):
            try:
                self.world.invoke(event)
            except (Exception, FunctionKilled) as error:  # noqa: BLE001 - as Lambda does
                self.counts["failed invocations"] += 1
                if not may_fail and not self.has_outage():
                    self.broken.append(f"without an outage: {type(error).__name__}: {error}")
                    return
                if self.has_outage():
                    self.last_outage = self.now
                if wait is not None:
                    self.world.turns.sleep(wait)
            else:
                return
        self.world.queue.append({"requestContext": {}, "requestPayload": event})

    def has_outage(self) -> bool:
        """Whether something was set to fail since it was mended."""
        return bool(self.world.aws.faults or self.world.github.faults.listed())

    def by_person(self, act: Callable[[], Any]) -> None:
        """Do something on GitHub as a person."""
        self.runs.is_person = True
        try:
            act()
        finally:
            self.runs.is_person = False

    def under_way(self, run: PlayedRun) -> bool:
        """Whether the ledger has a run's order as being carried out."""
        claim = self.record().of(run.stage).under_way
        return claim is not None and claim.order.title == run.title

    def note_decisions(self) -> None:
        """Remember when approvals were seen."""
        for arn in self.versions:
            number = self.decisions(arn).number
            if number != self._numbers.get(arn, 0):
                self._numbers[arn] = number
                self.decided_at[arn] = self.now

    def order_of(self, run: PlayedRun) -> Order | None:
        """The order that the ledger has for a stage when one of its runs is started."""
        claim = self.record().of(run.stage).under_way
        return claim.order if claim is not None and claim.order.title == run.title else None

    def _admits(self, arn: str, stage: str, is_back: bool) -> bool:
        """What the deploy workflow's admission finds."""
        decisions = self.decisions(arn)
        opener = decisions.opened_by.get(stage, "")
        is_open = opener not in ("", decisions.approved_by)
        is_known = decisions.is_approved and bool(decisions.approved_by)
        return (
            self.is_approved(arn)
            and is_known
            and stage in self.listed
            and (self.listed[stage] != REGISTRY or is_open)
        )

    def _newest(self) -> str:
        found = [arn for arn in self.versions if self.is_approved(arn)]
        return found[-1] if found else ""
