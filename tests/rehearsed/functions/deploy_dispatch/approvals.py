"""Versions that somebody approved, and that are deployed."""

from typing import Any

from tests.rehearsed.functions.deploy_dispatch.stages import report
from tests.rehearsed.functions.deploy_dispatch.world import DispatchWorld

ANNA, BERT = "user/anna", "user/bert"


def approved(world: DispatchWorld, by: str = ANNA) -> str:
    """A version that is approved, and whose deployment to dev is started."""
    arn = world.new_version()
    world.invoke(world.decide(arn, "Approved", by))
    return arn


def deployed(world: DispatchWorld, *stages: str, **more: Any) -> str:
    """A version that was deployed to these stages, one after the other."""
    arn = approved(world)
    for stage in stages:
        world.github.clock.advance(1)
        world.invoke(report(world, arn, stage, **more))
    return arn
