"""What AWS was too busy for is asked again, with growing pauses, for as long as there is time."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from invocation.deadline import Deadline
from invocation.toolbox import Toolbox
from tests.unit.functions.invocation_fakes import FakeTime, client_error

BUSY = client_error("Do", "ThrottlingException")
SILENT = ReadTimeoutError(endpoint_url="https://aws.test")
DENIED = client_error("Do", "AccessDenied")


class _Client:
    """Fails as told, then answers."""

    region = "eu-west-1"

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.asked: list[dict[str, Any]] = []

    def do(self, *arguments: Any, **request: Any) -> Any:
        self.asked.append({"arguments": arguments, **request})
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def _outlasting(client: _Client, time: FakeTime, seconds: float, random: float = 1.0) -> Any:
    deadline = Deadline(time.now + seconds, time.clock, time.sleep)
    tools = Toolbox({}, object(), lambda _: client, time.clock, time.sleep, lambda: random)  # type: ignore[arg-type]
    return tools.outlasting(deadline).aws("any")


@pytest.mark.parametrize("error", [BUSY, SILENT])
def test_what_passes_is_outlasted_with_growing_pauses(error: Exception) -> None:
    time, client = FakeTime(), _Client(*[error] * 7)
    assert _outlasting(client, time, 300).do(1, Name="x") == "done"
    assert client.asked == [{"arguments": (1,), "Name": "x"}] * 8
    assert time.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]


def test_a_pause_is_a_tenth_of_its_most_at_the_least() -> None:
    time = FakeTime()
    _outlasting(_Client(*[BUSY] * 6), time, 300, random=0.0).do()
    assert time.slept == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 2.0])


def test_pauses_stay_the_same_however_often_it_is_tried() -> None:
    time = FakeTime()
    _outlasting(_Client(*[BUSY] * 1100), time, 30_000).do()
    assert max(time.slept) == 20.0


def test_what_lasts_is_raised_at_once() -> None:
    time, client = FakeTime(), _Client(DENIED)
    with pytest.raises(ClientError, match="AccessDenied"):
        _outlasting(client, time, 300).do()
    assert time.slept == []


def test_no_pause_goes_beyond_the_time_that_is_left() -> None:
    time, client = FakeTime(), _Client(*[BUSY] * 9)
    with pytest.raises(ClientError, match="ThrottlingException"):
        _outlasting(client, time, 7.0).do()
    assert time.slept == [1.0, 2.0]


def test_what_is_no_call_is_the_clients_own() -> None:
    assert _outlasting(_Client(), FakeTime(), 300).region == "eu-west-1"
