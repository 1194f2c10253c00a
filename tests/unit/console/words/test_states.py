"""States of all services are written in the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.words.states import BAD, GOOD, NOTHING, RUNNING, WAITING, in_words, state_of


@pytest.mark.parametrize(
    ("words", "shown", "state"),
    [
        (["Succeeded", "success", "Completed"], "succeeded", GOOD),
        (["Failed", "failure"], "failed", BAD),
        (["Executing", "InProgress", "in_progress"], "running", RUNNING),
        (["PendingManualApproval", "PendingApproval"], "waits for approval", WAITING),
        (["Waiting", "waiting"], "waiting", WAITING),
        (["InService"], "in service", GOOD),
        (["timed_out"], "timed out", BAD),
        (["UpdateRollbackFailed"], "update rollback failed", BAD),
        (["ALARM"], "alarm", BAD),
        (["OK"], "OK", GOOD),
        (["NotRun"], "not run", NOTHING),
        (["SomethingNew"], "something new", NOTHING),
    ],
)
def test_one_state_has_one_wording(words: list[str], shown: str, state: str) -> None:
    assert {(in_words(word), state_of(word)) for word in words} == {(shown, state)}


@given(st.text(st.characters(exclude_categories=["Lu", "Ll"])))
def test_any_other_text_stays(text: str) -> None:
    assert in_words(text) == text
    assert in_words(f"version 3 {text}") == f"version 3 {text}"
