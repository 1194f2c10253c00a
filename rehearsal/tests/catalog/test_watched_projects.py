"""What the rehearsal's display sees of a project's launch."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from rehearsal.conductor.acts.current_play import PROJECT_NAME, Options, Play
from rehearsal.conductor.acts.launch import watch_project
from rehearsal.conductor.world import World
from rehearsal.tests.catalog.shop import Shop
from rehearsal.tests.catalog.test_projects import _create, _ended
from rehearsal.tests.emulator.local_aws import LocalAws


def test_the_stack_of_the_project_is_seen(aws: LocalAws, shop: Shop) -> None:
    world = SimpleNamespace(administrator=SimpleNamespace(client=aws.client))
    watch = watch_project(Play(cast(World, world), Options(), lambda _sentence: None))
    assert watch() is None
    _create(shop, PROJECT_NAME)
    assert _ended(shop, PROJECT_NAME)["ProjectStatus"] == "CreateCompleted"
    sight = watch()
    assert sight is not None
    assert (sight.step, bool(sight.mark)) == ("", True)
