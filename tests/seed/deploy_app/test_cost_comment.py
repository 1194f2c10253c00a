"""The comment with the monthly cost, written by the workflow's own script to a local server."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

PAGE = 100
BOT = "github-actions[bot]"
MARK = "<!-- monthly cost -->"


class CommentServer(ThreadingHTTPServer):
    """The comments of one pull request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []
        self.changes: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, login: str, body: str) -> dict[str, Any]:
        url = f"{self.url}/repos/octo/demo-deploy/issues/comments/{len(self.comments) + 1}"
        self.comments.append({"user": {"login": login}, "body": body, "url": url})
        return self.comments[-1]


class Handler(BaseHTTPRequestHandler):
    """The three calls of GitHub's REST API that the script makes."""

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        first = (int(query["page"][0]) - 1) * PAGE
        assert query["per_page"] == [str(PAGE)]
        self._answer(200, self._site().comments[first : first + PAGE])

    def do_POST(self) -> None:
        assert self.path == "/repos/octo/demo-deploy/issues/7/comments"
        self._answer(201, self._site().add(BOT, self._body()))

    def do_PATCH(self) -> None:
        (comment,) = (c for c in self._site().comments if c["url"].endswith(self.path))
        comment["body"] = self._body()
        self._answer(200, comment)

    def _site(self) -> CommentServer:
        return cast(CommentServer, self.server)

    def _body(self) -> str:
        assert self.headers["Authorization"] == "Bearer secret"
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._site().changes.append((str(self.command), content["body"]))
        return str(content["body"])

    def _answer(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def github() -> Iterator[CommentServer]:
    with CommentServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def comment_job(repository: Path) -> dict[str, Any]:
    loaded = yaml.safe_load((repository / ".github/workflows/check.yml").read_text())
    job: dict[str, Any] = loaded["jobs"]["comment"]
    return job


def say(repository: Path, github: CommentServer, cost: str) -> None:
    (step,) = comment_job(repository)["steps"]
    environment = {
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": "octo/demo-deploy",
        "NUMBER": "7",
        "TOKEN": "secret",
        "COST": cost,
    }
    argv = [sys.executable, "-c", step["run"]]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_second_run_updates_the_comment_of_the_first(
    repository: Path, github: CommentServer
) -> None:
    say(repository, github, "| 1.40 |")
    say(repository, github, "| 2.80 |")
    assert github.changes == [("POST", f"{MARK}\n| 1.40 |"), ("PATCH", f"{MARK}\n| 2.80 |")]


def test_comments_of_others_are_left_alone(repository: Path, github: CommentServer) -> None:
    github.add("ana", f"{MARK} quoted")
    github.add(BOT, "something else")
    say(repository, github, "| 1.40 |")
    assert [method for method, _ in github.changes] == ["POST"]


def test_the_comment_is_found_behind_many_others(repository: Path, github: CommentServer) -> None:
    for number in range(PAGE):
        github.add("ana", f"remark {number}")
    github.add(BOT, f"{MARK}\nold")
    say(repository, github, "| 1.40 |")
    assert [method for method, _ in github.changes] == ["PATCH"]
    assert github.comments[-1]["body"] == f"{MARK}\n| 1.40 |"


def test_code_of_the_pull_request_never_meets_the_token_that_writes(repository: Path) -> None:
    job = comment_job(repository)
    assert job["permissions"] == {"pull-requests": "write"}
    assert not [step for step in job["steps"] if "uses" in step]
    assert job["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
