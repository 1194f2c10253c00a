"""A GitHub in trouble is told within seconds, and is waited for no hour."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from console.asking.account import IMPATIENT
from console.asking.gaps import PageGaps
from operations.github_access import open_github

_LIMIT = "API rate limit exceeded for user ID 1."
_SECONDARY = "You have exceeded a secondary rate limit."


class _Server(ThreadingHTTPServer):
    answer: tuple[int, str, Mapping[str, str]]


class _Answers(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        status, message, headers = self.server.answer
        body = json.dumps({"message": message}).encode()
        self.send_response(status)
        for name, text in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _github(status: int, message: str, headers: Mapping[str, str]) -> Iterator[str]:
    with _Server(("127.0.0.1", 0), _Answers) as server:
        server.answer = status, message, headers
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


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
