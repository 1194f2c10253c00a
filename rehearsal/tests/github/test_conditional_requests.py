"""An answer that its caller knows already is 304, and is not counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from rehearsal.tests.github.in_process_github import TOKEN, InProcessGitHub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[InProcessGitHub]:
    with InProcessGitHub(tmp_path / "github", validate=False) as github:
        github.rest("POST", "/orgs/acme/repos", {"name": "rings", "auto_init": True})
        yield github


def _ask(
    hub: InProcessGitHub, tag: str = "", token: str = TOKEN, path: str = "users/acme"
) -> urllib3.HTTPResponse:
    given = {"Authorization": f"Bearer {token}"} if token else {}
    known = {"If-None-Match": tag} if tag else {}
    headers = {"User-Agent": "test", **given, **known}
    return hub.request("GET", f"{hub.github.api_url}/{path}", headers=headers)


def _used(answer: urllib3.HTTPResponse) -> int:
    return int(answer.headers["x-ratelimit-used"])


def test_what_is_known_has_no_body_and_is_not_counted(hub: InProcessGitHub) -> None:
    first = _ask(hub)
    tag = first.headers["etag"]
    known = _ask(hub, tag)
    assert (first.status, known.status, known.data or b"") == (200, 304, b"")
    assert known.headers["etag"] == tag
    assert _used(known) == _used(first)
    other = _ask(hub, 'W/"other"')
    assert (other.status, other.data) == (200, first.data)
    assert _used(other) == _used(first) + 1
    assert int(other.headers["x-ratelimit-remaining"]) == 5000 - _used(other)


def test_who_is_nobody_is_counted_nevertheless(hub: InProcessGitHub) -> None:
    first = _ask(hub, token="")
    known = _ask(hub, first.headers["etag"], token="")
    assert known.status == 304
    assert _used(known) == _used(first) + 1


def test_a_refusal_has_no_tag(hub: InProcessGitHub) -> None:
    refused = _ask(hub, "*", token="wrong")
    assert refused.status == 401
    assert "etag" not in refused.headers


@pytest.mark.parametrize("path", ["actions/runs?per_page=10", "contents/README.md"])
def test_what_the_console_asks_for_is_the_same_until_something_changes(
    hub: InProcessGitHub, path: str
) -> None:
    path = f"repos/acme/rings/{path}"
    first = _ask(hub, path=path)
    assert first.status == 200
    assert _ask(hub, first.headers["etag"], path=path).status == 304
