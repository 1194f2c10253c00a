"""The local GitHub without sockets behaves as the one behind them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from rehearsal.tests.github.in_process_github import SERVER, TOKEN, InProcessGitHub
from rehearsal.tests.github.served_github import git
from tests.killed_function import FunctionKilled

HEADERS = {"Authorization": f"Bearer {TOKEN}", "User-Agent": "mlops"}
ZEROS = "0" * 40


@pytest.fixture
def github(tmp_path: Path) -> Iterator[InProcessGitHub]:
    with InProcessGitHub(tmp_path / "github") as server:
        yield server


def _create(github: InProcessGitHub, name: str) -> urllib3.HTTPResponse:
    url = f"{github.github.api_url}/user/repos"
    return github.request("POST", url, json={"name": name}, headers=HEADERS)


def _packet(text: str) -> bytes:
    return f"{len(text.encode()) + 4:04x}{text}".encode()


def _push(
    github: InProcessGitHub, name: str, work: Path, *, token: str = TOKEN
) -> urllib3.HTTPResponse:
    """Push one root commit to two branches at once, by hand."""
    git("init", "-q", "-b", "main", ".", cwd=work)
    (work / "a.txt").write_text("1")
    git("add", "-A", cwd=work)
    git("commit", "-qm", "First", cwd=work)
    sha = git("rev-parse", "HEAD", cwd=work).stdout.strip()
    pack = subprocess.run(
        ["git", "pack-objects", "--stdout", "--revs", "-q"],
        cwd=work,
        input=b"HEAD\n",
        capture_output=True,
        check=True,
    ).stdout
    commands = _packet(f"{ZEROS} {sha} refs/heads/main\0report-status atomic")
    commands += _packet(f"{ZEROS} {sha} refs/heads/template")
    kind = {
        "Content-Type": "application/x-git-receive-pack-request",
        "Authorization": f"Bearer {token}",
    }
    url = f"{SERVER}/octo/{name}.git/git-receive-pack"
    return github.request("POST", url, body=commands + b"0000" + pack, headers=HEADERS | kind)


def test_rest_and_a_push_of_two_branches(github: InProcessGitHub, tmp_path: Path) -> None:
    assert _create(github, "shop").status == 201
    url = f"{SERVER}/octo/shop.git/info/refs?service=git-receive-pack"
    advertised = github.request("GET", url, headers=HEADERS)
    assert advertised.data.startswith(b"001f# service=git-receive-pack\n0000")
    assert b" capabilities^{}\0report-status" in advertised.data
    work = tmp_path / "work"
    work.mkdir()
    answer = _push(github, "shop", work)
    assert b"ok refs/heads/template" in answer.data
    assert github.rest("GET", "/repos/octo/shop")["default_branch"] == "main"
    heads = {b["commit"]["sha"] for b in github.rest("GET", "/repos/octo/shop/branches")}
    assert heads == {git("rev-parse", "HEAD", cwd=work).stdout.strip()}
    fsck = ("-C", str(github.git_folder("octo/shop")), "fsck", "--strict")
    git(*fsck, cwd=tmp_path)
    asked = github.requests.listed(agent="mlops")
    assert [request.path.rsplit("/", 1)[-1] for request in asked] == [
        "repos",
        "refs",
        "git-receive-pack",
    ]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("reset", urllib3.exceptions.ProtocolError),
        ("reset-after", urllib3.exceptions.ProtocolError),
        ("cut", urllib3.exceptions.ProtocolError),
        ("timeout", urllib3.exceptions.ReadTimeoutError),
        ("lost", urllib3.exceptions.ReadTimeoutError),
        ("kill", FunctionKilled),
        ("kill-after", FunctionKilled),
    ],
)
def test_broken_connections_arrive_as_urllib3_says_them(
    github: InProcessGitHub, fault: str, error: type[BaseException]
) -> None:
    github.faults.add("403", path="nothing")
    set_ = github.faults.add(fault, method="POST", path="/user/repos$")  # type: ignore[arg-type]
    with pytest.raises(error):
        _create(github, "shop")
    assert (set_.hits, github.requests.listed()[-1].fault) == (1, fault)
    applied = github.rest("GET", "/user")["public_repos"] == 1
    assert applied is set_.wish.is_applied
    assert _create(github, "other").status == 201


def test_a_push_without_the_scope_gets_githubs_reason_beside_each_branch(
    github: InProcessGitHub, tmp_path: Path
) -> None:
    _create(github, "shop")
    work = tmp_path / "work"
    (work / ".github/workflows").mkdir(parents=True)
    (work / ".github/workflows/deploy.yml").write_text("on: push\n")
    answer = _push(github, "shop", work, token="ghp_no_workflow")
    reason = (
        "refusing to allow a Personal Access Token to create or update workflow "
        "`.github/workflows/deploy.yml` without `workflow` scope"
    )
    assert answer.data == (
        _packet("unpack ok\n")
        + _packet(f"ng refs/heads/main {reason}\n")
        + _packet(f"ng refs/heads/template {reason}\n")
        + b"0000"
    )


def test_redirects_are_followed_only_if_wanted(github: InProcessGitHub) -> None:
    _create(github, "old")
    github.rest("PATCH", "/repos/octo/old", {"name": "new"})
    url = f"{github.github.api_url}/repos/octo/old"
    assert github.request("GET", url, headers=HEADERS).json()["name"] == "new"
    assert github.request("GET", url, headers=HEADERS, redirect=False).status == 301
    assert github.request("GET", url, headers=HEADERS, retries=False).status == 301


def test_another_server_is_not_reached(github: InProcessGitHub) -> None:
    with pytest.raises(AssertionError, match="is not for"):
        github.request("GET", "https://api.github.com/user", headers=HEADERS)
