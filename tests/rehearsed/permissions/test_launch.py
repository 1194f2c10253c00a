"""Takes away, one after the other, each permission that the page says a launch needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from tests.rehearsed.permissions.conftest import IN_THE_PROOF, Without

ROOT = Path(__file__).resolve().parents[3]
ROLES = ("launch", "repository function")


def _needed(purpose: str) -> list[str]:
    """Actions of a role that the act `launch` needs, by the page."""
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    section = page.split(f"## {purpose}\n")[1].split("\n## ")[0]
    return sorted(set(re.findall(r"^\| `(\S+)` .*\*\*launch\*\* \|$", section, re.MULTILINE)))


MUTATIONS = [(purpose, action) for purpose in ROLES for action in _needed(purpose)]


def _cases() -> Iterator[Any]:
    """The first action of each service in the tier `test`, the others in the proof."""
    tried: set[tuple[str, str]] = set()
    for purpose, action in MUTATIONS:
        service = (purpose, action.partition(":")[0])
        yield pytest.param(purpose, action, marks=[IN_THE_PROOF] if service in tried else [])
        tried.add(service)


@pytest.mark.parametrize(("purpose", "action"), list(_cases()))
def test_without_the_permission_the_launch_fails_and_names_it(
    ground: Ground, without: Without, purpose: str, action: str
) -> None:
    number = MUTATIONS.index((purpose, action))
    project = TrialProject(Lane(ground, ground.lanes[0]), f"without-{number}")
    with without(purpose, action):
        ending = project.launch(seconds=60)
    assert ending.status == "CreateFailed"
    # A function says in its own words what it could not read.
    assert (action if purpose == "launch" else "AccessDenied") in ending.reason
