"""Whatever AWS does at a call, an operation is done, or fails in one sentence and is done again."""

import pytest

from tests.rehearsed.functions.aws_faults.resources import OPERATIONS, Play
from tests.rehearsed.functions.aws_faults.verdicts import (
    CLEAN,
    FAULTS,
    WHOLE,
    calls_of,
    judge,
)


@pytest.mark.tier("test")
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_fault_at_every_call_ends_whole_or_clean(name: str) -> None:
    told = {}
    for call in calls_of(name):
        for kind, lasts in FAULTS:
            verdict = judge(name, call, kind, lasts=lasts)
            if verdict != WHOLE and (verdict != CLEAN or not lasts):
                told[call, kind, lasts] = verdict
    assert told == {}


@pytest.mark.parametrize("refusals", [1, 5, 6, 11])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_answer_that_is_not_taken_is_given_again(name: str, refusals: int) -> None:
    play, done = Play(OPERATIONS[name]), Play(OPERATIONS[name])
    done.run()
    play.refusals = refusals
    assert play.run()["Status"] == "SUCCESS"
    assert play.state() == done.state()
