"""Faults on real connections: what a client sees, and what was done all the same."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.github.served_github import FULL, ServedGitHub, git

CALL = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], data=b'{"name": "%s"}' % sys.argv[2].encode())
request.add_header("Authorization", "Bearer ghp_full")
print(urllib.request.urlopen(request, timeout=20).status)
"""


@pytest.fixture
def faulty(github: ServedGitHub) -> Iterator[ServedGitHub]:
    yield github
    github.control("faults", "DELETE")


def _set(github: ServedGitHub, fault: str, **wish: Any) -> None:
    answer = github.control("faults", "POST", {"fault": fault, **wish})
    assert answer.status == 201, answer.body


def _hits(github: ServedGitHub) -> list[int]:
    listed = json.loads(github.control("faults").body)
    return [fault["hits"] for fault in listed]


def _exists(github: ServedGitHub, name: str) -> bool:
    return github.rest("GET", f"/repos/octo/{name}").status == 200


def _asked(github: ServedGitHub, agent: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(github.control(f"requests?agent={agent}").body)
    return found


def _post(github: ServedGitHub, name: str, *, timeout: float = 10) -> http.client.HTTPResponse:
    """Create a repository over a connection of its own, without any retry."""
    connection = http.client.HTTPConnection("127.0.0.1", github.port, timeout=timeout)
    try:
        headers = {"Authorization": f"Bearer {FULL}", "User-Agent": f"creating-{name}"}
        connection.request("POST", "/api/v3/user/repos", json.dumps({"name": name}), headers)
        answer = connection.getresponse()
        answer.read()
        return answer
    finally:
        connection.close()


@pytest.mark.parametrize("fault", ["500", "502", "503", "404", "429", "403", "502-after"])
def test_a_status_is_answered_and_only_after_means_applied(
    faulty: ServedGitHub, fault: str
) -> None:
    name = f"status-{fault}"
    _set(faulty, fault, method="POST", path="/user/repos$", retry_after=7)
    answer = _post(faulty, name)
    assert answer.status == int(fault[:3])
    assert (answer.headers["retry-after"] == "7") is (fault in {"403", "429"})
    assert _exists(faulty, name) is (fault == "502-after")
    assert _hits(faulty) == [1]
    assert _post(faulty, f"{name}-again").status == 201


@pytest.mark.parametrize("fault", ["reset", "reset-after"])
def test_a_reset_reaches_the_client_as_a_reset(faulty: ServedGitHub, fault: str) -> None:
    _set(faulty, fault, agent="creating")
    with pytest.raises(ConnectionResetError):
        _post(faulty, fault)
    assert _exists(faulty, fault) is (fault == "reset-after")


def test_a_cut_answer_is_half_an_answer(faulty: ServedGitHub) -> None:
    _set(faulty, "cut", path="/user/repos$")
    with pytest.raises(http.client.IncompleteRead) as broken:
        _post(faulty, "cut")
    assert len(broken.value.partial) > 100
    assert _exists(faulty, "cut")


def test_an_answer_without_a_body_is_cut_in_its_first_line(faulty: ServedGitHub) -> None:
    faulty.create("headless")
    _set(faulty, "cut", method="DELETE")
    with pytest.raises(http.client.BadStatusLine):
        faulty.rest("DELETE", "/repos/octo/headless")
    assert not _exists(faulty, "headless")


@pytest.mark.parametrize("fault", ["timeout", "lost"])
def test_silence_lasts_until_the_client_gives_up(faulty: ServedGitHub, fault: str) -> None:
    _set(faulty, fault, path="/user/repos$")
    with pytest.raises(TimeoutError):
        _post(faulty, fault, timeout=0.5)
    assert _exists(faulty, fault) is (fault == "lost")
    (asked,) = _asked(faulty, f"creating-{fault}$")
    assert (asked["status"], asked["fault"], asked["login"]) == (None, fault, "octo")


@pytest.mark.parametrize("fault", ["kill", "kill-after"])
def test_only_the_process_of_a_lambda_function_is_killed(faulty: ServedGitHub, fault: str) -> None:
    _set(faulty, fault, path="/user/repos$")
    command = [sys.executable, "-c", CALL, f"{faulty.url}/api/v3/user/repos", fault]
    environment = {"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_NAME": "seeder"}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=30, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert _exists(faulty, fault) is (fault == "kill-after")
    _set(faulty, fault, path="/user/repos$")
    spared = _post(faulty, f"{fault}-spared")
    assert spared.status == 500


def test_a_push_can_be_hit_too(faulty: ServedGitHub, tmp_path: Path) -> None:
    faulty.create("hit-push", auto_init=False)
    url = f"http://x-access-token:{FULL}@127.0.0.1:{faulty.port}/octo/hit-push.git"
    git("init", "-q", "-b", "main", ".", cwd=tmp_path)
    git("commit", "-q", "--allow-empty", "-m", "First", cwd=tmp_path)
    _set(faulty, "reset-after", path="git-receive-pack$", method="POST")
    assert git("push", "-q", url, "main", cwd=tmp_path, check=False).returncode != 0
    assert faulty.rest("GET", "/repos/octo/hit-push/branches/main").status == 200


def test_requests_are_listed_with_their_outcome(faulty: ServedGitHub) -> None:
    assert _post(faulty, "listed").status == 201
    (asked,) = _asked(faulty, "creating-listed")
    assert (asked["method"], asked["path"]) == ("POST", "/api/v3/user/repos")
    assert (asked["status"], asked["fault"]) == (201, None)
    assert asked["seconds"] > 0
    later = faulty.control(f"requests?since={asked['number']}&agent=creating")
    assert json.loads(later.body) == []
    log = (faulty.folder / "server.log").read_text()
    assert f"POST /api/v3/user/repos 201 {faulty.url}/api/v3/repos/octo/listed" in log


def test_a_fault_that_cannot_be_is_refused_with_its_reason(faulty: ServedGitHub) -> None:
    for wish in ({"fault": "418"}, ["500"], {"fault": "500", "path": "("}):
        answer = faulty.control("faults", "POST", wish)
        assert answer.status == 422
        assert json.loads(answer.body)["message"]
    assert faulty.control("requests?since=x").status == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "faults"),
        ("GET", "faults"),
        ("DELETE", "faults"),
        ("DELETE", "faults/1"),
        ("GET", "requests"),
        ("GET", "problems"),
    ],
)
@pytest.mark.parametrize("token", ["", "wrong", FULL])
def test_what_github_does_not_have_needs_the_control_token(
    faulty: ServedGitHub, method: str, path: str, token: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = b'{"fault": "500"}' if method == "POST" else None
    answer = faulty.fetch(f"{faulty.url}/_rehearsal/{path}", method, body, headers)
    assert answer.status == 401
    assert b"control token" in answer.body
    assert _hits(faulty) == []


def test_a_reset_is_a_true_tcp_reset(faulty: ServedGitHub) -> None:
    _set(faulty, "reset", path="/user$")
    with socket.create_connection(("127.0.0.1", faulty.port), timeout=5) as raw:
        raw.sendall(b"GET /api/v3/user HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: raw\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            raw.recv(1)


def test_a_server_with_silenced_clients_stops_cleanly(own_github: ServedGitHub) -> None:
    server = own_github.start()
    _set(server, "timeout", path="/user$")
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
        raw.sendall(b"GET /api/v3/user HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: raw\r\n\r\n")
        for _ in range(100):
            if _hits(server) == [1]:
                break
        assert server.stop() == 0
        assert raw.recv(1) == b""
