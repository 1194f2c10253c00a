"""Behaviour over time: what is tried again, for how long, and what is not."""

import json
import socket
from typing import Any

import pytest

from github_client.errors import OutOfTimeError, UnreachableError
from tests.unit.functions.github_client.scripted_server import Connect, ScriptedServer
from tests.unit.functions.invocation_fakes import FakeTime


@pytest.mark.parametrize("first", [(0, {}, b""), (500, {}, b""), (502, {}, b"<html>")])
def test_a_passing_failure_is_tried_again(
    server: ScriptedServer, connect: Connect, time: FakeTime, first: Any
) -> None:
    server.script = [first, (200, {}, b"{}")]
    assert connect().send("GET", "/user").status == 200
    assert len(time.slept) == 1


def test_waits_grow_and_end_in_a_clear_error(
    server: ScriptedServer, connect: Connect, time: FakeTime
) -> None:
    server.script = [(503, {}, b"")] * 7
    with pytest.raises(UnreachableError, match="it answered 503"):
        connect().send("GET", "/user")
    assert time.slept == sorted(time.slept)
    assert len(time.slept) == 6


def test_a_try_that_does_not_fit_ends_with_the_moment_to_go_on(
    server: ScriptedServer, connect: Connect, time: FakeTime
) -> None:
    server.script = [(503, {}, b"")] * 7
    with pytest.raises(OutOfTimeError, match=r"it answered 503.*try again after") as caught:
        connect(left_seconds=3).send("GET", "/user")
    assert sum(time.slept) < 3
    assert caught.value.resume_at > time.now


def test_nothing_is_sent_when_the_time_is_over(server: ScriptedServer, connect: Connect) -> None:
    with pytest.raises(OutOfTimeError, match="was not asked"):
        connect(left_seconds=0.5).send("POST", "/user/repos", {})
    assert server.seen == []


@pytest.mark.parametrize(
    ("status", "headers", "message", "least", "most"),
    [
        (429, {"Retry-After": "7"}, "slow down", 7, 10.5),
        (403, {"Retry-After": "7"}, "You have exceeded a secondary rate limit", 7, 10.5),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000040"}, "", 40, 61.5),
        (403, {}, "You have exceeded a secondary rate limit", 60, 90),
    ],
)
def test_a_rate_limit_is_waited_out(
    server: ScriptedServer,
    connect: Connect,
    time: FakeTime,
    status: int,
    headers: dict[str, str],
    message: str,
    least: float,
    most: float,
) -> None:
    limited = (status, headers, json.dumps({"message": message}).encode())
    server.script = [limited, (200, {}, b"{}")]
    assert connect().send("GET", "/user").status == 200
    assert least <= sum(time.slept) <= most


def test_a_rate_limit_beyond_the_deadline_is_not_waited_for(
    server: ScriptedServer, connect: Connect, time: FakeTime
) -> None:
    server.script = [(429, {"Retry-After": "900"}, b'{"message": "slow down"}')]
    with pytest.raises(OutOfTimeError, match="a wait of 900 seconds") as caught:
        connect().send("GET", "/user")
    assert time.slept == []
    assert time.now + 900 <= caught.value.resume_at <= time.now + 1350


def test_rate_limits_are_awaited_for_as_long_as_there_is_time(
    server: ScriptedServer, connect: Connect
) -> None:
    limited = (429, {"Retry-After": "5"}, b'{"message": "slow down"}')
    server.script = [limited] * 12 + [(200, {}, b"{}")]
    assert connect().send("GET", "/user").status == 200


def test_what_is_too_new_is_awaited_for_a_while(
    server: ScriptedServer, connect: Connect, time: FakeTime
) -> None:
    not_yet = (404, {}, b'{"message": "Not Found"}')
    server.script = [not_yet] * 7
    answer = connect().send("GET", "/repos/a/b", accept=[404], not_ready=[404])
    assert answer.status == 404
    assert 10 < sum(time.slept) < 30


@pytest.mark.parametrize("lost", [(0, {}, b""), (500, {}, b""), (502, {}, b"")])
def test_a_lost_answer_is_not_repeated_where_that_would_do_it_twice(
    server: ScriptedServer, connect: Connect, lost: Any
) -> None:
    server.script = [lost]
    with pytest.raises(UnreachableError) as caught:
        connect().send("POST", "/dispatches", {}, repeatable=False)
    assert caught.value.maybe_applied
    assert len(server.seen) == 1


def test_a_rate_limit_is_awaited_also_by_what_must_not_be_repeated(
    server: ScriptedServer, connect: Connect
) -> None:
    server.script = [(429, {"Retry-After": "1"}, b'{"message": "slow"}'), (204, {}, b"")]
    assert connect().send("POST", "/dispatches", {}, repeatable=False).status == 204


def test_a_refused_connection_is_tried_again_also_by_what_must_not_be_repeated(
    connect: Connect, time: FakeTime
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        host = f"127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(UnreachableError, match="NewConnectionError") as caught:
            connect(host=host).send("POST", "/dispatches", {}, repeatable=False)
    assert not caught.value.maybe_applied
    assert len(time.slept) == 6


def test_an_answer_that_is_too_large_is_lost(server: ScriptedServer, connect: Connect) -> None:
    large = (200, {}, b" " * (16 * 1024 * 1024 + 1))
    server.script = [large, (200, {}, b"{}"), large]
    assert connect().send("GET", "/user").status == 200
    with pytest.raises(UnreachableError, match="its answer is larger than 16777216 bytes") as lost:
        connect().send("POST", "/dispatches", {}, repeatable=False)
    assert lost.value.maybe_applied
