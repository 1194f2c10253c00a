"""Takes away, one after the other, each permission that the page says a launch needs."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.permissions.granted import read_granted
from rehearsal.trials.ground import Ground, open_ground
from rehearsal.trials.lane import Lane
from rehearsal.trials.project import TrialProject

ROOT = Path(__file__).resolve().parents[3]
ROLES = ("launch", "repository function")


def _needed(purpose: str) -> list[str]:
    """Actions of a role that the act `launch` needs, by the page."""
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    section = page.split(f"## {purpose}\n")[1].split("\n## ")[0]
    return sorted(set(re.findall(r"^\| `(\S+)` .*\*\*launch\*\* \|$", section, re.MULTILINE)))


MUTATIONS = [(purpose, action) for purpose in ROLES for action in _needed(purpose)]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with open_ground(ROOT, tmp_path_factory.mktemp("mutations") / "state", lanes=1) as opened:
        yield opened


@contextlib.contextmanager
def _without(ground: Ground, purpose: str, action: str) -> Iterator[None]:
    """The role without the action in any of its statements."""
    administrator = ground.world.administrator
    iam, role = administrator.client("iam"), read_granted(administrator)[purpose][0]["role"]
    before: dict[str, Any] = {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }
    for name, document in before.items():
        statements = [_less(statement, action) for statement in document["Statement"]]
        _put(iam, role, name, {**document, "Statement": [s for s in statements if s["Action"]]})
    yield
    for name, document in before.items():
        _put(iam, role, name, document)


def _less(statement: dict[str, Any], action: str) -> dict[str, Any]:
    actions = statement["Action"]
    actions = actions if isinstance(actions, list) else [actions]
    return {**statement, "Action": [each for each in actions if each != action]}


def _put(iam: Any, role: str, name: str, document: dict[str, Any]) -> None:
    if document["Statement"]:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    else:
        iam.delete_role_policy(RoleName=role, PolicyName=name)


def _project(ground: Ground, name: str) -> TrialProject:
    return TrialProject(Lane(ground, ground.lanes[0]), name)


def test_with_every_permission_a_project_is_launched(ground: Ground) -> None:
    assert _project(ground, "whole").launch().is_good


@pytest.mark.parametrize(("purpose", "action"), MUTATIONS)
def test_without_the_permission_the_launch_fails_and_names_it(
    ground: Ground, purpose: str, action: str
) -> None:
    project = _project(ground, f"without-{MUTATIONS.index((purpose, action))}")
    with _without(ground, purpose, action):
        ending = project.launch(seconds=60)
    assert ending.status == "CreateFailed"
    # A function says in its own words what it could not read.
    assert (action if purpose == "launch" else "AccessDenied") in ending.reason
