"""A world, a clone, and somebody who has nothing but them."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.github_setup import GitHubSetup
from rehearsal.conductor.world import World
from tests.rehearsed.clone import ROOT, copy_files

# What `make setup` makes, in its order.
INSTALLED = (".venv", "node_modules", ".images/xgboost", ".images/lambda-python")


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """An empty AWS and an empty GitHub."""
    yield from _open_play(tmp_path, GitHubSetup())


@pytest.fixture
def waiting_play(tmp_path: Path) -> Iterator[Play]:
    """The same with no runner: what workflows do is played elsewhere."""
    yield from _open_play(tmp_path, GitHubSetup(jobs_at_once=0))


def _open_play(folder: Path, github: GitHubSetup) -> Iterator[Play]:
    world = World.create(ROOT, state=folder / "world", github=github)
    world.start()
    yield Play(world, Options(), lambda _sentence: None)
    world.stop()


@pytest.fixture
def bare_clone(tmp_path: Path) -> Path:
    """The project's files as git clones them."""
    folder = tmp_path / "clone"
    for copy in copy_files(folder):
        os.utime(copy, (0, 0))  # older than what is installed, which is so up to date
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main"], cwd=folder, check=True)
    return folder


@pytest.fixture
def installed_clone(bare_clone: Path) -> Path:
    """A clone in which `make setup` was typed before, so that it has nothing to do."""
    for name in INSTALLED:
        (bare_clone / name).mkdir(parents=True)
        for part in (ROOT / name).iterdir():
            (bare_clone / name / part.name).symlink_to(part.resolve())
        stamp = bare_clone / name / ".installed"
        stamp.unlink()
        stamp.touch()
    idle = subprocess.run(["make", "--question", "setup"], cwd=bare_clone, check=False)
    assert idle.returncode == 0, "`make setup` would install again"
    return bare_clone
