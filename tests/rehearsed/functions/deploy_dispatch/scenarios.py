"""What people do with a model version, and how EventBridge tells of it."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.rehearsed.functions.deploy_dispatch.world import DispatchWorld

_LONG_SECONDS = 1200.0  # longer than all of Lambda's retries


@dataclass(frozen=True)
class Story:
    """What was done.

    Args:
        version: ARN of the version it is about.
        events: how many events were sent.
        approvals: how often the version became approved; no more runs may be started.
        is_approved: whether it is in the end; then a run must have been started.
        due: how many runs there must be where no event had to wait in the queue.
    """

    version: str
    events: int
    approvals: int
    is_approved: bool
    due: int = 0


Play = Callable[[DispatchWorld, random.Random], Story]


def approve(world: DispatchWorld, chance: random.Random) -> Story:
    """One approval, one event."""
    return _decide(world, chance, ["Approved"])


def approve_event_twice(world: DispatchWorld, chance: random.Random) -> Story:
    """The same event is delivered twice at once."""
    arn = world.new_version()
    event = world.decide(arn, "Approved")
    world.deliver(event)
    world.deliver(event, after_seconds=chance.choice([0.0, 0.0, 0.1, 30.0]))
    return Story(arn, 2, 1, is_approved=True)


def approve_two_events(world: DispatchWorld, chance: random.Random) -> Story:
    """Two events for one change, as AWS documents it, and one more much later."""
    arn = world.new_version()
    world.deliver(world.decide(arn, "Approved"))
    world.deliver(world.event(arn), after_seconds=chance.choice([0.0, 0.0, 5.0]))
    world.deliver(world.event(arn), after_seconds=_LONG_SECONDS)
    return Story(arn, 3, 1, is_approved=True)


def change_of_mind(world: DispatchWorld, chance: random.Random) -> Story:
    """Approve, reject, approve within a second; events in any order, one of them twice."""
    return _decide(world, chance, ["Approved", "Rejected", "Approved"], shuffled=True)


def rejection(world: DispatchWorld, chance: random.Random) -> Story:
    """Approve and reject within a second; events in any order."""
    return _decide(world, chance, ["Approved", "Rejected"], shuffled=True)


def second_approval(world: DispatchWorld, chance: random.Random) -> Story:
    """Approve, reject, approve, each long after the other was settled."""
    arn = world.new_version()
    for number, status in enumerate(["Approved", "Rejected", "Approved"]):
        _later(world, arn, status, number * _LONG_SECONDS)
    return Story(arn, 3, 2, is_approved=True, due=2)


def edits(world: DispatchWorld, chance: random.Random) -> Story:
    """An approved version whose metadata is edited, before and after its deployment."""
    arn = world.new_version()
    approval = world.decide(arn, "Approved")
    edit = world.event(arn, UpdatedModelPackageFields=["CustomerMetadataProperties"])
    for event in chance.sample([edit, approval, edit], 3):
        world.deliver(event, after_seconds=chance.random())
    return Story(arn, 3, 1, is_approved=True)


def foreign_group(world: DispatchWorld, chance: random.Random) -> Story:
    """An approval in a group that no project of the template has."""
    arn = world.new_version("Elsewhere")
    world.deliver(world.decide(arn, "Approved"))
    return Story(arn, 1, 0, is_approved=False)


PLAYS: tuple[Play, ...] = (
    approve,
    approve_event_twice,
    approve_two_events,
    change_of_mind,
    rejection,
    second_approval,
    edits,
    foreign_group,
)


def _decide(
    world: DispatchWorld, chance: random.Random, statuses: list[str], *, shuffled: bool = False
) -> Story:
    arn = world.new_version()
    moments = [number * 0.5 for number in range(len(statuses))]
    for status, moment in zip(statuses, moments, strict=True):
        slowness = [chance.uniform(0.0, 3.0) for _ in range(2)] if shuffled else [0.0]
        _later(world, arn, status, moment, slowness)
    events = len(statuses) * (2 if shuffled else 1)
    return Story(arn, events, statuses.count("Approved"), is_approved=statuses[-1] == "Approved")


def _later(
    world: DispatchWorld, arn: str, status: str, moment: float, slowness: list[float] | None = None
) -> None:
    """Decide at a moment; its events follow after each of `slowness` seconds."""

    def act() -> None:
        event = world.decide(arn, status)
        for seconds in slowness or [0.0]:
            world.deliver(event, after_seconds=seconds)

    world.turns.start(act, after_seconds=moment)
