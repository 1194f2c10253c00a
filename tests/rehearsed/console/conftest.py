"""One world for all tests here: a project whose first version serves in two stages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.conductor.acts import approve, build, configure, launch, promote, set_up
from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.console import start_console
from rehearsal.conductor.world import World
from rehearsal.laboratory.trials.ground import register_by_hand
from rehearsal.laboratory.trials.second_version import copy_sources

_ROOT = Path(__file__).resolve().parents[3]
STAGES = ("dev", "prod")


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Version 1 serves in dev, and in prod on instances, where a further one comes by a canary.

    Dev opens by itself, and somebody who did not approve the version opens prod in the registry.
    """
    world = World.create(_ROOT, state=tmp_path_factory.mktemp("console") / "state")
    current = Play(world, Options(stages=STAGES, accounts=()), print)
    try:
        set_up.perform(current)
        set_up.prepare_account(current)
        copy_sources(_ROOT, sources := world.state / "project")
        register_by_hand(current, sources, {})
        launch.perform(current)
        stages = [configure.settings_of(current, name) for name in STAGES]
        configure.write_settings(current, stages)
        build.perform(current)
        approve.perform(current)
        promote.perform(current)
        start_console(world)
        yield current
    finally:
        world.stop()


@pytest.fixture(scope="session")
def group(play: Play) -> str:
    """Of the project's versions, and of its pages."""
    return f"abalone-rings-{play.facts['project_id']}"
