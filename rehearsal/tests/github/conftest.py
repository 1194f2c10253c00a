"""One local GitHub for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.tests.github.served_github import ServedGitHub


@pytest.fixture(scope="session")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedGitHub]:
    server = ServedGitHub(tmp_path_factory.mktemp("github")).start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def own_github(tmp_path: Path) -> Iterator[ServedGitHub]:
    """One that a test may stop and start."""
    server = ServedGitHub(tmp_path / "own", actions=tmp_path / "checkouts")
    yield server
    server.end()
