"""Against an HTTP server of this machine, in place of GitHub's."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import cast

import pytest

from deploy_endpoint.github_run import address, approvers

REVIEWS = """[
  {"state": "approved", "user": {"login": "ana"}},
  {"state": "rejected", "user": {"login": "eve"}},
  {"state": "approved", "user": {"login": "bob"}}
]"""


class GitHub(HTTPServer):
    """Gives one answer to everything, and keeps what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body = 200, REVIEWS
        self.passing: list[int] = []
        self.asked: list[tuple[str, str]] = []

    @property
    def run(self) -> dict[str, str]:
        """The environment of a run."""
        return {
            "GITHUB_API_URL": f"http://127.0.0.1:{self.server_port}",
            "GITHUB_SERVER_URL": "https://github.test",
            "GITHUB_REPOSITORY": "octo/demo-deploy",
            "GITHUB_RUN_ID": "42",
            "GITHUB_TOKEN": "secret",
        }


class Handler(BaseHTTPRequestHandler):
    """Answers as the server was told."""

    def do_GET(self) -> None:
        github = cast(GitHub, self.server)
        github.asked.append((self.path, str(self.headers["Authorization"])))
        self.send_response(github.passing.pop(0) if github.passing else github.status)
        self.send_header("Content-Length", str(len(github.body)))
        self.end_headers()
        self.wfile.write(github.body.encode())

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_those_who_approved_are_named(github: GitHub) -> None:
    assert approvers(github.run) == "github:ana github:bob"
    path = "/repos/octo/demo-deploy/actions/runs/42/approvals"
    assert github.asked == [(path, "Bearer secret")]


@pytest.mark.parametrize(
    ("status", "body"), [(200, "[]"), (403, REVIEWS), (404, REVIEWS), (200, "<html>")]
)
def test_no_answer_names_nobody(github: GitHub, status: int, body: str) -> None:
    github.status, github.body = status, body
    assert approvers(github.run) == ""
    assert github.asked


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_fault_that_passes_costs_nothing(github: GitHub, status: int) -> None:
    github.passing = [status, status]
    assert approvers(github.run, pause_seconds=0) == "github:ana github:bob"
    assert len(github.asked) == 3


def test_a_fault_that_stays_names_nobody(github: GitHub) -> None:
    github.status = 503
    assert approvers(github.run, pause_seconds=0) == ""
    assert len(github.asked) == 5


def test_a_github_that_is_away_names_nobody(github: GitHub) -> None:
    away = github.run | {"GITHUB_API_URL": "http://127.0.0.1:1"}
    assert approvers(away, pause_seconds=0) == ""


@pytest.mark.parametrize("missing", ["GITHUB_RUN_ID", "GITHUB_TOKEN"])
def test_outside_of_a_run_nobody_is_asked(github: GitHub, missing: str) -> None:
    assert approvers(github.run | {missing: ""}) == ""
    assert github.asked == []


def test_people_find_the_run_at_its_address(github: GitHub) -> None:
    assert address(github.run) == "https://github.test/octo/demo-deploy/actions/runs/42"
    assert address({}) == ""
