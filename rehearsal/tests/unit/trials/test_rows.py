"""Trials are counted by operation and fault, and a bad one is never counted as a good one."""

import pytest

from rehearsal.laboratory.trials.rows import Row, TrialResult, sum_up


def _result(
    outcome: str = "converged", *, injected: bool = True, again: bool | None = None
) -> TrialResult:
    return TrialResult("launch", "GET /user #1", "kill", injected, outcome, "", [], again, 1.0)


def test_good_trials_are_counted_by_their_outcome() -> None:
    results = [_result(), _result(), _result("rolled back", again=True)]
    assert sum_up(results) == [Row("launch", "kill", 3, 2, 1, 0)]


@pytest.mark.parametrize("bad", [_result("half done"), _result("rolled back", again=False)])
def test_what_is_half_done_or_cannot_be_repeated_is_an_orphan(bad: TrialResult) -> None:
    assert not bad.is_good
    assert sum_up([bad]) == [Row("launch", "kill", 1, 0, 0, 1)]


def test_a_fault_that_met_no_request_shows_nothing() -> None:
    assert sum_up([_result(injected=False)]) == [Row("launch", "kill", 0, 0, 0, 0)]
