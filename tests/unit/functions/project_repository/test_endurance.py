"""What passes is outlasted: in this invocation, and then in a fresh one that is told why."""

import json
from typing import Any

import pytest

from cloudformation_response.response import AnswerLaterError, Outcome
from github_client.errors import OutOfTimeError, RepositoryGoneError, UnreachableError
from invocation.deadline import Deadline
from invocation.toolbox import Toolbox
from project_repository.endurance import Endurance
from project_repository.seed.bundle import SeedError
from project_repository.session import StackUnknownError
from tests.unit.functions.invocation_fakes import FakeContext, FakeTime, client_error

EVENT = {"RequestType": "Create", "RequestId": "6f3c"}
AWAY = UnreachableError("github.test", "it answered 503")


class _Lambda:
    def __init__(self, error: Exception | None = None) -> None:
        self.told: list[dict[str, Any]] = []
        self._error = error

    def invoke(self, **request: Any) -> None:
        if self._error is not None:
            raise self._error
        self.told.append(json.loads(request["Payload"]))


def _endurance(
    time: FakeTime, client: _Lambda, event: Any = None, seconds: float = 900.0
) -> Endurance:
    http: Any = None
    tools = Toolbox({}, http, lambda _: client, time.clock, time.sleep, lambda: 0.5)
    return Endurance(event or EVENT, FakeContext(seconds), tools)


def _failing(time: FakeTime, until: float, error: Exception) -> Any:
    began = time.now

    def attempt(_: Deadline) -> Outcome:
        if time.now - began < until:
            raise error
        return Outcome(reason="done")

    return attempt


@pytest.mark.parametrize(
    "error", [AWAY, SeedError("s3://b/k", "is away", is_passing=True), StackUnknownError()]
)
def test_what_passes_within_the_first_minute_is_waited_for(error: Exception) -> None:
    time, client = FakeTime(), _Lambda()
    outcome = _endurance(time, client).outlast(_failing(time, 40.0, error))
    assert outcome.reason == "done"
    assert (time.slept, client.told) == ([20.0, 20.0], [])


def test_what_lasts_fails_at_once() -> None:
    time = FakeTime()
    for error in (RepositoryGoneError("octo/x"), SeedError("s3://b/k", "is empty")):
        with pytest.raises(type(error)):
            _endurance(time, _Lambda()).outlast(_failing(time, 40.0, error))
    assert time.slept == []


def test_after_a_minute_a_fresh_invocation_goes_on_and_is_told_why() -> None:
    time, client = FakeTime(), _Lambda()
    began = time.now
    with pytest.raises(AnswerLaterError):
        _endurance(time, client).outlast(_failing(time, 900.0, AWAY))
    (told,) = client.told
    assert told == EVENT | {
        "HandOver": {
            "count": 1,
            "began_at": began,
            "resume_at": began + 60.0,
            "why": "GitHub at github.test gave no usable answer (it answered 503)",
        }
    }


def test_a_fresh_invocation_uses_all_of_its_time_and_hands_over_again() -> None:
    time, client = FakeTime(), _Lambda()
    began = time.now
    told = {"count": 1, "began_at": began - 100, "resume_at": began + 10, "why": "It was away"}
    with pytest.raises(AnswerLaterError):
        _endurance(time, client, EVENT | {"HandOver": told}).outlast(_failing(time, 900.0, AWAY))
    assert time.slept[0] == 10.0
    assert 700 < time.now - began < 770
    assert client.told[0]["HandOver"]["count"] == 2
    assert client.told[0]["HandOver"]["began_at"] == began - 100


def test_where_no_fresh_invocation_starts_this_one_goes_on_to_its_end() -> None:
    time = FakeTime()
    client = _Lambda(client_error("Invoke", "AccessDeniedException"))
    outcome = _endurance(time, client).outlast(_failing(time, 500.0, AWAY))
    assert outcome.reason == "done"
    with pytest.raises(UnreachableError, match="it answered 503"):
        _endurance(time, client).outlast(_failing(time, 5000.0, AWAY))


def test_a_wait_that_github_asks_for_is_handed_over_as_it_is() -> None:
    time, client = FakeTime(), _Lambda()
    limit = OutOfTimeError("GitHub's rate limit asks for a wait", resume_at=time.now + 1200)
    with pytest.raises(AnswerLaterError):
        _endurance(time, client).outlast(_failing(time, 900.0, limit))
    assert client.told[0]["HandOver"]["resume_at"] == limit.resume_at
    assert client.told[0]["HandOver"]["why"] == "GitHub's rate limit asks for a wait"
    assert time.slept == []


def test_nobody_works_on_after_cloudformation_has_given_up() -> None:
    time = FakeTime()
    told = {"count": 4, "began_at": time.now - 3200, "resume_at": time.now, "why": "It was away"}
    endurance = _endurance(time, _Lambda(), EVENT | {"HandOver": told})
    assert endurance.deadline.ends_at == time.now + 100
    with pytest.raises(UnreachableError):
        endurance.outlast(_failing(time, 900.0, AWAY))
    assert time.slept == [20.0] * 4
