"""Events that come at once tell people of each thing once."""

import pytest

from tests.rehearsed.functions.deploy_dispatch.approvals import approved
from tests.rehearsed.functions.deploy_dispatch.stages import report
from tests.rehearsed.functions.deploy_dispatch.turns import Turns
from tests.rehearsed.functions.deploy_dispatch.world import DispatchWorld


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("outcome", ["deployed", "failed"])
def test_simultaneous_events_send_no_notice_twice(
    world: DispatchWorld, outcome: str, seed: int
) -> None:
    world.list_stages(dev="automatic", prod="registry")
    arn = approved(world)
    told = report(world, arn, "dev", outcome, serves=arn)
    world.turns = Turns(world.github.clock, seed)
    for event in (told, {**told, "id": "again"}, world.event(arn)):
        world.deliver(event)
    world.turns.run()
    expected = "waits for an approval of prod" if outcome == "deployed" else "Needs attention"
    assert any(expected in notice for notice in world.aws.notices)
    assert len(world.aws.notices) == len(set(world.aws.notices))
