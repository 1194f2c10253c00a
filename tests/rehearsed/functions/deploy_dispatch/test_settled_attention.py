"""What people must see to is shown in one place, and nowhere once it is settled."""

import pytest

from tests.rehearsed.functions.deploy_dispatch.approvals import approved
from tests.rehearsed.functions.deploy_dispatch.stages import report
from tests.rehearsed.functions.deploy_dispatch.world import DispatchWorld

KEY = "dev-attention"


def _cut_off(world: DispatchWorld) -> str:
    """A version that serves in dev, though its run died before the test."""
    arn = approved(world)
    world.invoke(report(world, arn, "dev", "failed", serves=arn))
    return arn


def _showing(world: DispatchWorld) -> set[str]:
    return {arn for arn in world.aws.annotations if KEY in world.shown(arn)}


@pytest.mark.parametrize("cut_off", [1, 2], ids=["one cut-off run", "two after each other"])
def test_a_later_version_settles_what_an_earlier_one_asked_for(
    world: DispatchWorld, cut_off: int
) -> None:
    for _ in range(cut_off):
        unsettled = _cut_off(world)
        assert _showing(world) == {unsettled}
        world.github.clock.advance(1)
    sound = approved(world)
    world.invoke(report(world, sound, "dev"))
    assert _showing(world) == set()


def test_a_rejection_settles_it_too(world: DispatchWorld) -> None:
    first = approved(world)
    world.invoke(report(world, first, "dev"))
    world.github.clock.advance(1)
    unsettled = _cut_off(world)
    assert _showing(world) == {unsettled}
    world.github.clock.advance(1)
    world.invoke(world.decide(unsettled, "Rejected"))
    world.invoke(report(world, first, "dev", insteadOf=unsettled))
    assert _showing(world) == set()
