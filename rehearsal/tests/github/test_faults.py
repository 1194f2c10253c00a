"""Which request a fault hits."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from rehearsal.github.core.faults import FaultPlan, FaultWish
from rehearsal.github.core.request_log import AskedRequest


def _asked(path: str, query: str = "", agent: str = "", login: str | None = None) -> AskedRequest:
    return AskedRequest(1, "GET", path, query, agent, login)


def _strikes(plan: FaultPlan, times: int, path: str = "/api/v3/user") -> list[bool]:
    return [plan.strike(_asked(path)) is not None for _ in range(times)]


def test_a_fault_hits_the_nth_request_and_as_many_as_asked_from_there_on() -> None:
    plan = FaultPlan()
    fault = plan.add("500", nth=2, times=2)
    assert _strikes(plan, 5) == [False, True, True, False, False]
    assert (fault.hits, fault.seen) == (2, 5)


def test_times_zero_never_ends() -> None:
    plan = FaultPlan()
    plan.add("500", nth=3, times=0)
    assert _strikes(plan, 6) == [False, False, True, True, True, True]


@pytest.mark.parametrize(
    ("wish", "hit"),
    [
        ({"method": "get"}, True),
        ({"method": "POST"}, False),
        ({"path": "/user/repos$"}, True),
        ({"path": "^/user"}, False),
        ({"path": r"repos\?page=2$"}, True),
        ({"agent": "^mlops"}, True),
        ({"agent": "curl"}, False),
        ({"method": "GET", "path": "repos", "agent": "template"}, True),
    ],
)
def test_method_path_and_agent_choose_the_request(wish: dict[str, str], hit: bool) -> None:
    plan = FaultPlan()
    plan.add("reset", **wish)
    found = plan.strike(_asked("/api/v3/user/repos", "page=2", "mlops-sm-project-template"))
    assert (found is not None) is hit


def test_of_two_faults_the_first_one_acts_and_both_count() -> None:
    plan = FaultPlan()
    first, second = plan.add("500"), plan.add("reset", nth=2)
    kinds = [wish and wish.fault for wish in (plan.strike(_asked("/")) for _ in range(3))]
    assert kinds == ["500", "reset", None]
    assert (first.hits, second.hits) == (1, 1)


def test_cleared_faults_are_gone_and_their_ids_are_not_used_again() -> None:
    plan = FaultPlan()
    old = plan.add("500", times=0).id
    plan.clear()
    assert _strikes(plan, 1) == [False]
    assert plan.add("500").id > old


def test_a_login_is_the_whole_name_of_the_user() -> None:
    plan = FaultPlan()
    fault = plan.add("500", login="octo|acme", times=0)
    for login in ("octo", "octopus", "", "acme"):
        plan.strike(_asked("/", login=login))
    assert fault.hits == 2


def test_one_fault_can_be_taken_away() -> None:
    plan = FaultPlan()
    kept, gone = plan.add("500"), plan.add("reset")
    assert plan.remove(gone.id)
    assert not plan.remove(gone.id)
    assert plan.listed() == [kept]


@pytest.mark.parametrize(
    "wish",
    [
        {"fault": "418"},
        {"fault": "500", "nth": 0},
        {"fault": "500", "path": "("},
        {"fault": "500", "verb": "GET"},
    ],
)
def test_a_fault_that_cannot_be_is_refused(wish: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FaultWish.model_validate(wish)
