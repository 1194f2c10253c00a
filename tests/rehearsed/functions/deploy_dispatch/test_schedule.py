"""The schedule costs what is under way: a tick reads one item, however many projects there are."""

import json
from collections import Counter

import pytest

from deploy_dispatch.handler import LOOK_EVENT, SCHEDULE_EVENT
from deploy_dispatch.ledger import Ledger
from tests.rehearsed.functions.deploy_dispatch.world import PARAMETER, DispatchWorld

PROJECTS = 200
TICK = {"id": "tick", "detail-type": SCHEDULE_EVENT, "detail": {}}


def group(number: int) -> str:
    """Name of a project's model package group."""
    return f"Rings-p-{number:012d}"


@pytest.fixture
def crowded(world: DispatchWorld) -> DispatchWorld:
    """200 projects, each of which had something under way once."""
    ledger = Ledger(world.aws.client("dynamodb"), "approvals")
    for number in range(PROJECTS):
        world.aws.parameters[f"/mlops-sm-project/{group(number)}"] = json.dumps(PARAMETER)
        ledger.mark_busy(group(number))
        ledger.mark_at_rest(group(number))
    return world


def calls_of_a_tick(world: DispatchWorld) -> Counter[str]:
    """How often a tick calls what."""
    calls: Counter[str] = Counter()

    def count(operation: str) -> None:
        calls[operation] += 1

    world.aws.before_call = count
    world.invoke(TICK)
    return calls


@pytest.mark.parametrize("busy", [0, 1, 3, PROJECTS])
def test_a_tick_costs_one_read_and_an_invocation_for_each_busy_project(
    crowded: DispatchWorld, busy: int
) -> None:
    ledger = Ledger(crowded.aws.client("dynamodb"), "approvals")
    names = [group(number) for number in range(busy)]
    for name in names:
        ledger.mark_busy(name)
    expected = {"GetItem": 1, "Invoke": busy} if busy else {"GetItem": 1}
    assert calls_of_a_tick(crowded) == expected
    told = [one["detail"]["modelPackageGroupName"] for one in crowded.aws.invocations]
    assert told == names
    assert {one["detail-type"] for one in crowded.aws.invocations} <= {LOOK_EVENT}


def test_a_tick_asks_github_for_nothing(crowded: DispatchWorld) -> None:
    before = len(crowded.github.requests.listed())
    crowded.invoke(TICK)
    assert len(crowded.github.requests.listed()) == before


def test_a_look_at_a_project_that_is_gone_has_it_left_alone(crowded: DispatchWorld) -> None:
    ledger = Ledger(crowded.aws.client("dynamodb"), "approvals")
    ledger.mark_busy(group(7))
    del crowded.aws.parameters[f"/mlops-sm-project/{group(7)}"]
    crowded.invoke(TICK)
    assert "belongs to no project" in crowded.invoke(crowded.aws.invocations.pop())
    assert ledger.busy() == []
