"""A GitHub in trouble is told within seconds, and is waited for no hour."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

import pytest

from console.asking.account import IMPATIENT
from console.asking.gaps import PageGaps
from operations.github_access import open_github
from tests.loopback import Answering, address_of, serving

_LIMIT = "API rate limit exceeded for user ID 1."
_SECONDARY = "You have exceeded a secondary rate limit."


class _Server(ThreadingHTTPServer):
    answer: tuple[int, str, Mapping[str, str]]


class _Answers(Answering):
    server: _Server

    def answer(self) -> None:
        status, message, headers = self.server.answer
        self.say(status, json.dumps({"message": message}).encode(), headers)


@contextmanager
def _github(status: int, message: str, headers: Mapping[str, str]) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), _Answers)
    server.answer = status, message, headers
    with serving(server):
        yield address_of(server)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("status", "message", "headers", "told"),
    [
        (403, _LIMIT, {"X-RateLimit-Remaining": "0"}, f"403 {_LIMIT}"),
        (403, _SECONDARY, {"Retry-After": "3600"}, f"403 {_SECONDARY}"),
        (429, _SECONDARY, {"Retry-After": "3600"}, f"429 {_SECONDARY}"),
        (500, "oh", {}, "500 oh"),
        (503, "busy", {"Retry-After": "3600"}, "503 busy"),
        (401, "Bad credentials", {}, "401 Bad credentials. Sign in with `gh auth login`"),
        (404, "Not Found", {}, "404 Not Found. It is gone, or your token may not see it."),
    ],
)
def test_what_github_answers_is_a_sentence_at_once(
    status: int, message: str, headers: dict[str, str], told: str
) -> None:
    if "X-RateLimit-Remaining" in headers:
        headers = {**headers, "X-RateLimit-Reset": str(int(time.time()) + 3600)}
    with _github(status, message, headers) as address:
        environment = {"GITHUB_SERVER_URL": address, "GH_TOKEN": "testing"}
        client = open_github(environment, retry=IMPATIENT).client
        gaps = PageGaps()
        gaps.ask_github("Runs of rings-build", lambda: client.get_repo("octo/rings-build"), None)
        client.close()
    (line,) = gaps.lines
    assert line.startswith("Runs of rings-build: not known, since GitHub answered ")
    assert told in line


def test_a_github_that_is_not_there_is_a_sentence() -> None:
    environment = {"GITHUB_SERVER_URL": "http://127.0.0.1:9", "GH_TOKEN": "testing"}
    client = open_github(environment, retry=IMPATIENT).client
    gaps = PageGaps()
    gaps.ask_github("Runs of rings-build", lambda: client.get_repo("octo/rings-build"), None)
    assert gaps.lines == [
        "Runs of rings-build: not known, since GitHub did not answer (ConnectionError)."
    ]
