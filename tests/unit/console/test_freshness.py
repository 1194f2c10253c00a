"""A change shows within ten seconds in a quiet project, and sooner while something is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from console.asking.answers import Question
from console.asking.endpoint import endpoint_question
from console.asking.fleet import fleet_question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from console.asking.pipeline import execution_question
from console.asking.repositories import Runs, runs_question
from console.asking.stages import endpoints_question
from console.asking.standing import standing_question
from tests.console.made_up_answers import GROUP, STAGES
from tests.unit.console.counted_account import counted_account

PROJECT, STAGE = ProjectNames.parse(GROUP), STAGES[0]
ACCOUNT = counted_account()
ENDPOINT = endpoint_question(ACCOUNT, PROJECT.endpoint(STAGE))
ENDPOINTS = endpoints_question(ACCOUNT, PROJECT)
STANDING = standing_question(ACCOUNT, PROJECT, STAGE)
RUNS = runs_question(ACCOUNT, PROJECT)
FLEET = fleet_question(ACCOUNT)
SLOWEST_SECONDS = 10.0


def found(question: Question) -> Any:
    return question.ask(PageGaps())


def _runs(states: Sequence[bool]) -> Runs:
    runs: Any = [SimpleNamespace(is_running=is_running) for is_running in states]
    return Runs(runs, (), "", "")


def _served(under_way: str) -> Any:
    standing = found(STANDING)
    return replace(standing, stage=replace(standing.stage, under_way=under_way))


def _all(under_way: str) -> Any:
    fleet = found(FLEET)
    stage = replace(fleet.projects[0].stages[0], under_way=under_way)
    return replace(fleet, projects=[replace(fleet.projects[0], stages=[stage])])


def _built(status: str) -> Any:
    fleet = found(FLEET)
    build: Any = SimpleNamespace(status=status)
    return replace(fleet, projects=[replace(fleet.projects[0], build=build, stages=())])


def _named(status: str) -> Mapping[str, Any]:
    return {STAGE: {"EndpointStatus": status}}


@pytest.mark.parametrize(
    ("question", "quiet", "busy"),
    [
        (ENDPOINT, lambda: _status(ENDPOINT, "InService"), lambda: _status(ENDPOINT, "Updating")),
        (ENDPOINTS, lambda: _named("InService"), lambda: _named("RollingBack")),
        (STANDING, lambda: _served(""), lambda: _served("3")),
        (RUNS, lambda: _runs([False, False]), lambda: _runs([False, True])),
        (FLEET, lambda: _all(""), lambda: _all("3")),
        (FLEET, lambda: _built("Failed"), lambda: _built("Executing")),
    ],
)
def test_what_is_quiet_is_asked_for_seldomer(question: Question, quiet: Any, busy: Any) -> None:
    assert question.good_for(busy()) < question.good_for(quiet()) == SLOWEST_SECONDS


def test_a_new_execution_is_seen_soon_since_one_that_ended_is_not_read_again() -> None:
    account = counted_account()
    question = execution_question(account, PROJECT)
    found(question)
    assert len(account.asked) > 1
    account.asked.clear()
    seen = found(question)
    assert [name for name, _ in account.asked] == ["ListPipelineExecutions"]
    assert question.good_for(seen) <= 3.0


def _status(question: Question, status: str) -> Any:
    told = found(question)
    rest = {"deployment": None} if question is ENDPOINT else {}
    return replace(told, status=status, **rest)


def test_an_endpoint_that_a_version_takes_over_is_asked_for_often() -> None:
    told = replace(found(ENDPOINT), status="InService")
    assert told.deployment is not None
    assert ENDPOINT.good_for(told) < SLOWEST_SECONDS


@pytest.mark.parametrize(("count", "seconds"), [(1, 10.0), (50, 15.0), (200, 45.0), (900, 105.0)])
def test_the_more_projects_there_are_the_seldomer_they_are_asked_for(
    count: int, seconds: float
) -> None:
    fleet = _all("")
    assert FLEET.good_for(replace(fleet, projects=[*fleet.projects] * count)) == seconds
