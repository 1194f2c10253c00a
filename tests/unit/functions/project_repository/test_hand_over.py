"""What one invocation tells the next, and what becomes of a wait that no invocation can hold."""

import json
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from cloudformation_response.response import AnswerLaterError, RepeatRequestError
from github_client.errors import OutOfTimeError
from invocation.deadline import Deadline
from invocation.toolbox import Toolbox
from project_repository.hand_over import HandOver
from tests.unit.functions.invocation_fakes import FakeContext, FakeTime, client_error

EVENT = {"RequestType": "Create", "RequestId": "6f3c"}


class _Lambda:
    """Remembers what it is asked to invoke, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._error = error

    def invoke(self, **request: Any) -> None:
        self.asked.append(request)
        if self._error is not None:
            raise self._error


def _tools(client: _Lambda) -> Toolbox:
    time = FakeTime()
    services = {"lambda": client}
    http: Any = None
    return Toolbox({}, http, services.__getitem__, time.clock, time.sleep, lambda: 0.5)


_MOMENTS = st.floats(1.8e9, 1.9e9)


@given(st.builds(HandOver, st.integers(0, 4), _MOMENTS, _MOMENTS, st.text()), st.text(min_size=1))
def test_the_next_invocation_is_told_all_that_this_one_knows(known: HandOver, why: str) -> None:
    client, resume_at = _Lambda(), known.began_at + 100
    with pytest.raises(AnswerLaterError):
        known.pass_on(
            EVENT, FakeContext(), _tools(client), OutOfTimeError(why, resume_at=resume_at)
        )
    (request,) = client.asked
    assert request["FunctionName"] == FakeContext.invoked_function_arn
    assert request["InvocationType"] == "Event"
    told = json.loads(request["Payload"])
    assert EVENT.items() <= told.items()
    assert HandOver.read(told, 0.0) == HandOver(known.count + 1, known.began_at, resume_at, why)


def test_a_first_invocation_begins_at_once() -> None:
    assert HandOver.read(EVENT, 7.0) == HandOver(0, 7.0, 7.0)


@pytest.mark.parametrize(
    ("count", "resume_after", "is_passed_on"),
    [(4, 3299.0, True), (5, 1.0, False), (0, 3300.0, False)],
)
def test_a_request_is_passed_on_five_times_and_not_beyond_cloudformations_patience(
    count: int, resume_after: float, is_passed_on: bool
) -> None:
    client, known = _Lambda(), HandOver(count, 1000.0, 1000.0)
    error = OutOfTimeError("GitHub was away", resume_at=1000.0 + resume_after)
    if is_passed_on:
        with pytest.raises(AnswerLaterError):
            known.pass_on(EVENT, FakeContext(), _tools(client), error)
    else:
        known.pass_on(EVENT, FakeContext(), _tools(client), error)
    assert bool(client.asked) == is_passed_on


def test_whoever_may_have_started_the_next_invocation_does_not_answer() -> None:
    client = _Lambda(ReadTimeoutError(endpoint_url="https://lambda.test"))
    error = OutOfTimeError("GitHub was away", resume_at=1100.0)
    with pytest.raises(RepeatRequestError, match=r"\(ReadTimeoutError\)"):
        HandOver(0, 1000.0, 1000.0).pass_on(EVENT, FakeContext(), _tools(client), error)


def test_whoever_may_not_start_the_next_invocation_goes_on_by_itself() -> None:
    client = _Lambda(client_error("Invoke", "AccessDeniedException"))
    error = OutOfTimeError("GitHub was away", resume_at=1100.0)
    HandOver(0, 1000.0, 1000.0).pass_on(EVENT, FakeContext(), _tools(client), error)


@pytest.mark.parametrize("wait", [0.0, 99.0])
def test_a_wait_that_fits_is_waited_for(wait: float) -> None:
    time = FakeTime()
    HandOver(1, time.now, time.now + wait).wait(Deadline(time.now + 100, time.clock, time.sleep))
    assert time.slept == [wait] * bool(wait)


@pytest.mark.parametrize("wait", [100.0, 900.0])
def test_a_wait_that_does_not_fit_is_begun_and_told_as_it_was_told(wait: float) -> None:
    time = FakeTime()
    resume_at = time.now + wait
    known = HandOver(1, time.now, resume_at, "GitHub was away")
    with pytest.raises(OutOfTimeError, match=r"^GitHub was away, and the next try") as left:
        known.wait(Deadline(time.now + 100, time.clock, time.sleep))
    assert left.value.resume_at == resume_at
    assert time.slept == [100.0]


def test_another_moment_to_go_on_keeps_when_it_all_began() -> None:
    error = OutOfTimeError("GitHub was away", resume_at=1200.0)
    known = HandOver(2, 1000.0, 1100.0, "It was busy").until(error)
    assert known == HandOver(2, 1000.0, 1200.0, "GitHub was away")
    assert known.give_up_at == 4300.0
