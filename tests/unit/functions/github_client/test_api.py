"""Behaviour of the client's REST side on the wire, with a real local server."""

import json
import socket

import pytest

from github_client.errors import (
    ForbiddenTokenError,
    InvalidTokenError,
    MissingPermissionError,
    RefusedError,
    UnreachableError,
)
from tests.unit.functions.github_client.scripted_server import Connect, ScriptedServer

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REDIRECTS = (301, 302, 307, 308)


def test_a_request_carries_version_token_and_json(server: ScriptedServer, connect: Connect) -> None:
    server.script = [(201, {}, b'{"id": 1}')]
    answer = connect().send("POST", "/user/repos", {"name": "x"})
    method, path, headers, body = server.seen[0]
    assert (answer.status, answer.body) == (201, {"id": 1})
    assert (method, path, json.loads(body)) == ("POST", "/api/v3/user/repos", {"name": "x"})
    assert headers["Authorization"] == "Bearer secret-token"
    assert headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert headers["Accept"] == "application/vnd.github+json"


def test_a_plain_403_is_not_tried_again(server: ScriptedServer, connect: Connect) -> None:
    server.script = [(403, {}, b'{"message": "Repository was archived"}')]
    with pytest.raises(RefusedError, match="403 \\(Repository was archived\\)"):
        connect().send("PATCH", "/repos/a/b", {})
    assert len(server.seen) == 1


def test_a_401_names_the_token(server: ScriptedServer, connect: Connect) -> None:
    server.script = [(401, {}, b'{"message": "Bad credentials"}')]
    with pytest.raises(InvalidTokenError, match="wrong, expired or revoked"):
        connect().send("GET", "/user")


def test_the_details_of_a_422_are_told(server: ScriptedServer, connect: Connect) -> None:
    body = b'{"message": "Validation Failed", "errors": [{"message": "name is bad"}, "and more"]}'
    server.script = [(422, {}, body)]
    with pytest.raises(RefusedError, match="Validation Failed: name is bad: and more"):
        connect().send("POST", "/user/repos", {})


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        (
            "`acme` forbids access via a personal access token (classic). Please use a GitHub App.",
            "a fine-grained token with that organization as its resource owner",
        ),
        (
            "`acme` forbids access via a fine-grained personal access tokens if the token's "
            "lifetime is greater than 366 days.",
            "a token of a kind and a lifetime",
        ),
    ],
)
def test_a_kind_of_token_that_an_organization_forbids_is_told_with_its_remedy(
    server: ScriptedServer, connect: Connect, said: str, remedy: str
) -> None:
    refusal = (403, {"X-OAuth-Scopes": "repo"}, json.dumps({"message": said}).encode())
    server.script = [refusal]
    with pytest.raises(ForbiddenTokenError, match=rf"`acme` forbids [^.]*; give {remedy}"):
        connect().send("POST", "/orgs/acme/repos", {})


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_is_followed_with_the_request_as_it_was(
    server: ScriptedServer, connect: Connect, method: str, status: int
) -> None:
    server.script = [
        (status, {"Location": "/api/v3/repositories/7"}, b"{}"),
        (200, {}, b'{"id": 7}'),
    ]
    assert connect().send(method, "/repos/a/old", {"name": "x"}).body == {"id": 7}
    first, second = server.seen
    assert second[1] == "/api/v3/repositories/7"
    assert (first[0], first[2:]) == (second[0], second[2:])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("scheme", ["http://localhost:9", "https://127.0.0.1:{port}"])
def test_the_token_does_not_follow_a_redirect_to_another_server(
    server: ScriptedServer, connect: Connect, method: str, status: int, scheme: str
) -> None:
    target = scheme.format(port=server.server_port)
    server.script = [(status, {"Location": f"{target}/x"}, b'{"message": "Moved"}')]
    with pytest.raises(RefusedError):
        connect().send(method, "/repos/a/old")
    assert len(server.seen) == 1


@pytest.mark.parametrize("method", METHODS)
def test_redirects_in_a_circle_come_to_an_end(
    server: ScriptedServer, connect: Connect, method: str
) -> None:
    for target in ("/api/v3/b", "/api/v3/a") * 5:
        server.script.append((307, {"Location": target}, b'{"message": "Moved"}'))
    with pytest.raises(RefusedError, match="with 307"):
        connect().send(method, "/a")
    assert len(server.seen) == 4


@pytest.mark.parametrize("headers", [{}, {"Location": "/api/v3/repos/a/old"}])
def test_a_redirect_to_no_other_address_is_a_refusal(
    server: ScriptedServer, connect: Connect, headers: dict[str, str]
) -> None:
    server.script = [(301, headers, b'{"message": "Moved"}')]
    with pytest.raises(RefusedError):
        connect().send("POST", "/repos/a/old", {})
    assert len(server.seen) == 1


def test_a_request_that_is_for_one_name_alone_is_not_redirected(
    server: ScriptedServer, connect: Connect
) -> None:
    server.script = [(307, {"Location": "/api/v3/repositories/7"}, b'{"message": "Moved"}')]
    with pytest.raises(RefusedError, match="with 307"):
        connect().send("POST", "/repos/a/old/dispatches", {}, follow_redirects=False)
    assert len(server.seen) == 1


def test_a_server_that_is_no_github_is_named(server: ScriptedServer, connect: Connect) -> None:
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


@pytest.mark.parametrize(
    ("accepted", "named"),
    [
        ("contents=write", "permission Contents: write for"),
        ("contents=write; contents=write,workflows=write", "permission Contents: write for"),
        (
            "contents=write,workflows=write; pull_requests=write",
            "Contents: write and Workflows: write or Pull requests: write for",
        ),
        ("statuses=write", "permission Commit statuses: write for"),
        ("", "lacks a permission for"),
    ],
)
def test_a_fine_grained_token_that_may_not_is_told_the_permission(
    server: ScriptedServer, connect: Connect, accepted: str, named: str
) -> None:
    message = b'{"message": "Resource not accessible by personal access token"}'
    server.script = [(403, {"X-Accepted-GitHub-Permissions": accepted}, message)]
    with pytest.raises(MissingPermissionError, match=named):
        connect().send("POST", "/repos/a/b/pulls", {})
