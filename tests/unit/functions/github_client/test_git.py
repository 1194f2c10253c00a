"""Behaviour of the client's git side."""

import base64
from typing import Any

import pytest

from github_client.api import GitHubApi
from github_client.errors import (
    ForeignServerError,
    InvalidTokenError,
    MissingScopeError,
    OutOfTimeError,
    RefusedError,
    UnreachableError,
)
from github_client.wire import require_git_server
from tests.unit.functions.github_client.scripted_server import Connect, ScriptedServer
from tests.unit.functions.invocation_fakes import FakeTime

PUSH = "application/x-git-receive-pack-request"


def push(server: ScriptedServer, api: GitHubApi) -> Any:
    """Send a push as git does."""
    return api.exchange_git("POST", address(server), body=b"PACK\0", content_type=PUSH)


def address(server: ScriptedServer) -> str:
    """The address of a repository."""
    return f"http://127.0.0.1:{server.server_port}/ada/x.git/git-receive-pack"


def test_a_push_carries_its_bytes_and_the_token_as_password(
    server: ScriptedServer, connect: Connect
) -> None:
    server.script = [(200, {"X-Kind": "git"}, b"000eunpack ok\n\xff")]
    answer = push(server, connect())
    ((method, path, headers, body),) = server.seen
    assert (answer.status, answer.headers["x-kind"]) == (200, "git")
    assert answer.content == b"000eunpack ok\n\xff"
    assert (method, path, body) == ("POST", "/ada/x.git/git-receive-pack", b"PACK\0")
    assert headers["Content-Type"] == PUSH
    kind, _, password = headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(password)) == ("Basic", b"x-access-token:secret-token")


def test_a_push_whose_answer_is_lost_is_not_repeated(
    server: ScriptedServer, connect: Connect
) -> None:
    server.script = [(0, {}, b"")]
    with pytest.raises(UnreachableError):
        push(server, connect())
    assert len(server.seen) == 1


def test_a_push_waits_for_a_rate_limit(server: ScriptedServer, connect: Connect) -> None:
    server.script = [(429, {"Retry-After": "3"}, b"slow"), (200, {}, b"ok")]
    assert push(server, connect()).content == b"ok"


def test_a_rate_limit_beyond_the_deadline_is_not_waited_for(
    server: ScriptedServer, connect: Connect
) -> None:
    server.script = [(429, {"Retry-After": "30"}, b"slow")]
    with pytest.raises(OutOfTimeError):
        push(server, connect(left_seconds=20))


def test_a_look_at_the_references_is_tried_again(
    server: ScriptedServer, connect: Connect, time: FakeTime
) -> None:
    server.script = [(502, {}, b"bad"), (404, {}, b"Not Found"), (200, {}, b"refs")]
    answer = connect().exchange_git("GET", address(server), not_ready=[404])
    assert answer.content == b"refs"
    assert len(time.slept) == 2


def test_a_401_names_the_token(server: ScriptedServer, connect: Connect) -> None:
    server.script = [(401, {}, b"Invalid credentials")]
    with pytest.raises(InvalidTokenError):
        push(server, connect())


def test_the_git_servers_words_are_told_on_one_line(
    server: ScriptedServer, connect: Connect
) -> None:
    server.script = [(403, {}, b"remote: This repository\nwas archived\x1b[0m.\n")]
    with pytest.raises(RefusedError, match=r"403 \(remote: This repository was archived"):
        push(server, connect())


def test_a_refused_push_names_the_scope_that_the_token_lacks(
    server: ScriptedServer, connect: Connect
) -> None:
    server.script = [(200, {"X-OAuth-Scopes": "repo"}, b"{}"), (404, {}, b"Not Found")]
    api = connect()
    api.send("GET", "/user")
    with pytest.raises(MissingScopeError, match="`workflow` scope"):
        push(server, api)


@pytest.mark.parametrize(
    ("api", "url"),
    [
        ("https://api.github.com", "https://github.com/ada/x.git/info/refs"),
        ("https://api.octo.ghe.com", "https://octo.ghe.com/ada/x.git/info/refs"),
        ("https://git.example/api/v3", "https://git.example/ada/x.git/info/refs"),
        ("http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080/ada/x.git/info/refs"),
    ],
)
def test_the_token_goes_to_the_git_server_of_its_api(api: str, url: str) -> None:
    require_git_server(api, url)


@pytest.mark.parametrize(
    ("api", "url"),
    [
        ("https://api.github.com", "https://github.com.evil.example/ada/x.git"),
        ("https://api.github.com", "http://github.com/ada/x.git"),
        ("https://api.github.com", "https://github.com@evil.example/ada/x.git"),
        ("https://git.example/api/v3", "https://github.com/ada/x.git"),
        ("https://git.example/api/v3", "https://git.example:8443/ada/x.git"),
        ("https://git.example/api/v3", "/ada/x.git"),
    ],
)
def test_the_token_goes_to_no_other_server(api: str, url: str) -> None:
    with pytest.raises(ForeignServerError, match="was not asked"):
        require_git_server(api, url)


def test_a_foreign_address_is_refused_before_anything_is_sent(
    server: ScriptedServer, connect: Connect
) -> None:
    with pytest.raises(ForeignServerError):
        connect().exchange_git("GET", f"http://localhost:{server.server_port}/ada/x.git/info/refs")
    assert server.seen == []
