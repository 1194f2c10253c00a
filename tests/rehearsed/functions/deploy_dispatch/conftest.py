"""The dispatch function's world, with every exchange checked against GitHub's description."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsed.functions.deploy_dispatch.world import DispatchWorld, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DispatchWorld]:
    """One project with its deploy repository."""
    with open_world(tmp_path / "github", validate=True) as world:
        yield world
