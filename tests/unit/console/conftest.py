"""A GitHub whose repositories list two stages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from operations.github_access import GithubAccess
from tests.console import made_up_github

_STAGES = """
stages:
  - {name: dev, approval: automatic, serving: {mode: serverless}}
  - {name: prod, approval: registry, serving: {mode: serverless}}
"""


@pytest.fixture(scope="session")
def access() -> Iterator[GithubAccess]:
    """To that GitHub."""
    with made_up_github.access({"config/stages.yml": _STAGES}) as made:
        yield made
