"""One repository for each test that changes its history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.tests.github.in_process_github import InProcessGitHub
from rehearsal.tests.github.pages.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with InProcessGitHub(tmp_path, content_limit=(0, 0)) as github:
        yield Shop(github)
