"""One local AWS and one local GitHub for the commands of platform engineers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws
from rehearsal.tests.github.served_github import ServedGitHub

# What an account without a past has of each: no training job, and few concurrent invocations.
SMALL = {"L-611FA074": 0, "L-96300102": 10, "L-00000002": 0, "L-C2F1777E": 3}


@pytest.fixture(scope="session")
def small_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """An account with small quotas, and nothing in it."""
    options = tuple(part for code in SMALL for part in ("--quota", f"{code}={SMALL[code]}"))
    server = LocalAws(tmp_path_factory.mktemp("small") / "state", options=options).start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """An account in good standing, of one file."""
    server = LocalAws(tmp_path_factory.mktemp("aws") / "state").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedGitHub]:
    server = ServedGitHub(tmp_path_factory.mktemp("github")).start()
    yield server
    assert server.stop() == 0
