"""How fast one user may ask, and how long the local GitHub tells it to wait."""

from __future__ import annotations

import contextlib
import socket
import time
from pathlib import Path

import pytest

from rehearsal.github.http.secondary_limits import (
    CONCURRENT,
    SECONDARY_LIMIT,
    ContentLimit,
    SecondaryLimitError,
    SecondaryLimits,
)
from rehearsal.tests.github.in_process_github import TOKEN, InProcessGitHub, SettableClock
from rehearsal.tests.github.served_github import FULL, STRANGER, ServedGitHub


class Asking:
    """Asks as one user until it is refused."""

    def __init__(self, limit: ContentLimit | None = None) -> None:
        self.clock = SettableClock()
        self.limits = SecondaryLimits(limit or ContentLimit(), self.clock.seconds)

    def wait(self, method: str, who: str = "octo") -> int:
        """Seconds to wait before the next request; 0 if it was let in."""
        try:
            self.limits.admit(who, method)
        except SecondaryLimitError as error:
            return error.retry_after
        return 0

    def ask(self, method: str, times: int) -> None:
        assert [self.wait(method) for _ in range(times)] == [0] * times


def test_eighty_writes_a_minute_then_exactly_as_long_as_asked() -> None:
    asking = Asking()
    asking.ask("POST", 30)
    asking.clock.advance(20.5)
    asking.ask("POST", 50)
    assert asking.wait("POST") == 40
    assert asking.wait("GET") == 0
    assert asking.wait("POST", who="other") == 0
    asking.clock.advance(39.4)
    assert asking.wait("POST") == 1
    asking.clock.advance(1)
    asking.ask("POST", 30)
    assert asking.wait("POST") == 20


def test_a_shorter_minute_lets_writes_in_earlier() -> None:
    asking = Asking(ContentLimit(10, 0, minute_seconds=5))
    asking.ask("POST", 10)
    asking.clock.advance(2)
    assert asking.wait("POST") == 3
    asking.clock.advance(3)
    asking.ask("POST", 10)


def test_five_hundred_writes_an_hour() -> None:
    asking = Asking()
    for _ in range(10):
        asking.ask("PATCH", 50)
        asking.clock.advance(60)
    assert asking.wait("DELETE") == 3600 - 600
    asking.clock.advance(3000)
    assert asking.wait("DELETE") == 0


def test_nine_hundred_points_a_minute() -> None:
    asking = Asking(ContentLimit(0, 1000))
    asking.ask("GET", 400)
    asking.clock.advance(10)
    asking.ask("PUT", 100)
    assert asking.wait("GET") == 50
    asking.clock.advance(50)
    asking.ask("GET", 400)
    assert asking.wait("GET") == 10


def test_a_hundred_requests_at_once() -> None:
    asking = Asking()
    running = [asking.limits.under_way("octo") for _ in range(CONCURRENT + 1)]
    for request in running:
        request.__enter__()
    assert asking.wait("GET") == 1
    running[0].__exit__(None, None, None)
    assert asking.wait("GET") == 0


def test_lifted_limits_let_everything_in() -> None:
    Asking(ContentLimit(0, 0)).ask("POST", 2000)


@pytest.mark.parametrize("text", ["80", "80,x", "-1,0", "1,2,0", "1,2,3,4"])
def test_a_limit_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ContentLimit.parse(text)
    assert ContentLimit.parse("80,500") == ContentLimit(80, 500)
    assert ContentLimit.parse("10,0,5") == ContentLimit(10, 0, minute_seconds=5)


def test_the_refusal_is_githubs(tmp_path: Path) -> None:
    with InProcessGitHub(tmp_path, content_limit=(2, 500)) as github:
        for name in ("a", "b"):
            github.rest("POST", "/user/repos", {"name": name})
        url, headers = f"{github.github.api_url}/user/repos", {"Authorization": f"Bearer {TOKEN}"}
        refused = github.request("POST", url, json={"name": "c"}, headers=headers)
        assert (refused.status, refused.headers["retry-after"]) == (403, "60")
        assert refused.json()["message"] == SECONDARY_LIMIT
        assert github.rest("GET", "/user")["public_repos"] == 2
        github.clock.advance(60)
        assert github.request("POST", url, json={"name": "c"}, headers=headers).status == 201


def test_the_server_takes_its_limits_from_the_command_line(tmp_path: Path) -> None:
    server = ServedGitHub(tmp_path, content_limit="1,0").start()
    try:
        server.create("only")
        assert server.rest("POST", "/user/repos", {"name": "more"}).status == 403
    finally:
        server.end()


def test_unfinished_requests_count_as_running(tmp_path: Path) -> None:
    server = ServedGitHub(tmp_path).start()
    half = (
        f"POST /api/v3/user/repos HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {FULL}\r\n"
    )
    try:
        with contextlib.ExitStack() as stack:
            for _ in range(CONCURRENT):
                raw = socket.create_connection(("127.0.0.1", server.port), timeout=10)
                stack.enter_context(raw).sendall(f"{half}Content-Length: 9\r\n\r\n".encode())
            _await_status(server, 403)
            assert server.rest("GET", "/user", token=STRANGER).status == 200
        _await_status(server, 200)
    finally:
        server.end()


def _await_status(server: ServedGitHub, status: int) -> None:
    for _ in range(100):
        if server.rest("GET", "/user", check=False).status == status:
            return
        time.sleep(0.05)
    raise AssertionError(f"GET /user did not come to answer {status}")
