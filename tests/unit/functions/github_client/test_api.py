"""Behaviour of the client on the wire (a real local server) and over time (a fake pool)."""

import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3

from github_client.api import GitHubApi
from github_client.errors import (
    InvalidTokenError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
)
from invocation.deadline import Deadline
from tests.unit.functions.invocation_fakes import FakeTime

Script = list[tuple[int, dict[str, str], bytes]]


class _Server(http.server.ThreadingHTTPServer):
    script: Script
    seen: list[tuple[str, str, dict[str, str], bytes]]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        status, headers, data = self.server.script.pop(0)
        if status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base class's names

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[_Server]:
    """A loopback server that answers from a script."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.script, server.seen = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


Connect = Callable[..., GitHubApi]


@pytest.fixture
def time() -> FakeTime:
    """A clock that moves only when somebody sleeps."""
    return FakeTime()


@pytest.fixture
def connect(server: _Server, time: FakeTime) -> Iterator[Connect]:
    """Connect to the server, optionally with little time left."""
    pool = urllib3.PoolManager()

    def make(left_seconds: float = 300, host: str | None = None) -> GitHubApi:
        return GitHubApi(
            base_url=f"http://{host or f'127.0.0.1:{server.server_port}'}/api/v3",
            token="secret-token",
            http=pool,
            deadline=Deadline(time.now + left_seconds, time.clock, time.sleep),
            random=lambda: 0.5,
        )

    yield make
    pool.clear()


def test_a_request_carries_version_token_and_json(server: _Server, connect: Connect) -> None:
    server.script = [(201, {}, b'{"id": 1}')]
    answer = connect().send("POST", "/user/repos", {"name": "x"})
    method, path, headers, body = server.seen[0]
    assert (answer.status, answer.body) == (201, {"id": 1})
    assert (method, path, json.loads(body)) == ("POST", "/api/v3/user/repos", {"name": "x"})
    assert headers["Authorization"] == "Bearer secret-token"
    assert headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert headers["Accept"] == "application/vnd.github+json"


@pytest.mark.parametrize("first", [(0, {}, b""), (500, {}, b""), (502, {}, b"<html>")])
def test_a_passing_failure_is_tried_again(
    server: _Server, connect: Connect, time: FakeTime, first: Any
) -> None:
    server.script = [first, (200, {}, b"{}")]
    assert connect().send("GET", "/user").status == 200
    assert len(time.slept) == 1


def test_waits_grow_and_end_in_a_clear_error(
    server: _Server, connect: Connect, time: FakeTime
) -> None:
    server.script = [(503, {}, b"")] * 7
    with pytest.raises(UnreachableError, match="it answered 503"):
        connect().send("GET", "/user")
    assert time.slept == sorted(time.slept)
    assert len(time.slept) == 6


def test_no_wait_goes_beyond_the_deadline(
    server: _Server, connect: Connect, time: FakeTime
) -> None:
    server.script = [(503, {}, b"")] * 7
    with pytest.raises(UnreachableError):
        connect(left_seconds=3).send("GET", "/user")
    assert sum(time.slept) < 3


@pytest.mark.parametrize(
    ("status", "headers", "message", "least", "most"),
    [
        (429, {"Retry-After": "7"}, "slow down", 7, 9),
        (403, {"Retry-After": "7"}, "You have exceeded a secondary rate limit", 7, 9),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000040"}, "", 40, 43),
        (403, {}, "You have exceeded a secondary rate limit", 60, 62),
    ],
)
def test_a_rate_limit_is_waited_out(
    server: _Server,
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


def test_a_rate_limit_beyond_the_deadline_fails_at_once(
    server: _Server, connect: Connect, time: FakeTime
) -> None:
    server.script = [(429, {"Retry-After": "900"}, b'{"message": "slow down"}')]
    with pytest.raises(RateLimitedError, match="a wait of 901 seconds"):
        connect().send("GET", "/user")
    assert time.slept == []


def test_a_plain_403_is_not_tried_again(server: _Server, connect: Connect) -> None:
    server.script = [(403, {}, b'{"message": "Repository was archived"}')]
    with pytest.raises(RefusedError, match="403 \\(Repository was archived\\)"):
        connect().send("PATCH", "/repos/a/b", {})
    assert len(server.seen) == 1


def test_a_401_names_the_token(server: _Server, connect: Connect) -> None:
    server.script = [(401, {}, b'{"message": "Bad credentials"}')]
    with pytest.raises(InvalidTokenError, match="wrong, expired or revoked"):
        connect().send("GET", "/user")


def test_the_details_of_a_422_are_told(server: _Server, connect: Connect) -> None:
    body = b'{"message": "Validation Failed", "errors": [{"message": "name is bad"}, "and more"]}'
    server.script = [(422, {}, body)]
    with pytest.raises(RefusedError, match="Validation Failed: name is bad: and more"):
        connect().send("POST", "/user/repos", {})


def test_a_redirect_of_a_read_is_followed(server: _Server, connect: Connect) -> None:
    server.script = [(301, {"Location": "/api/v3/repositories/7"}, b"{}"), (200, {}, b'{"id": 7}')]
    assert connect().send("GET", "/repos/a/old").body == {"id": 7}


def test_the_token_does_not_follow_a_redirect_to_another_host(
    server: _Server, connect: Connect
) -> None:
    server.script = [(301, {"Location": "http://localhost:9/x"}, b'{"message": "Moved"}')]
    with pytest.raises(RefusedError):
        connect().send("GET", "/repos/a/old")
    assert len(server.seen) == 1


def test_a_server_that_is_no_github_is_named(server: _Server, connect: Connect) -> None:
    server.script = [(200, {}, b"<html>Log in</html>")] * 7
    with pytest.raises(UnreachableError, match=r"is not JSON.*GITHUB_SERVER_URL"):
        connect().send("GET", "/user")


def test_an_unreachable_host_is_named_without_the_token(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        host = f"127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(UnreachableError, match=host) as caught:
            connect(host=host).send("GET", "/user")
    assert "secret-token" not in str(caught.value)
