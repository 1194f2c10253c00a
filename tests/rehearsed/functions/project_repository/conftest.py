"""A local GitHub in this process, with real git and every exchange checked, for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.tests.github.in_process_github import InProcessGitHub
from tests.rehearsed.functions.repository_world import RepositoryWorld


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[InProcessGitHub]:
    """GitHub with the users `octo` and `stranger` and the organization `acme`."""
    with InProcessGitHub(tmp_path / "github") as github:
        yield github


@pytest.fixture
def world(hub: InProcessGitHub) -> RepositoryWorld:
    """Everything around the function: GitHub, AWS, Lambda and CloudFormation's ear."""
    return RepositoryWorld(hub)
