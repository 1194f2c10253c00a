"""Renaming, default branches, empty repositories: what a repository is called and starts as."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.github.in_process_github import ACCOUNTS, TOKEN, InProcessGitHub
from rehearsal.tests.github.served_github import FULL, STRANGER, ServedGitHub, git


@pytest.fixture
def traditional(tmp_path: Path) -> Iterator[InProcessGitHub]:
    """A GitHub whose user octo begins repositories on `master`."""
    users = [{"login": "octo", "id": 1001, "default_branch": "master"}, ACCOUNTS["users"][1]]
    accounts = ACCOUNTS | {"users": users}
    with InProcessGitHub(tmp_path / "github", accounts=accounts) as github:
        yield github


def _url(github: ServedGitHub, name: str) -> str:
    return f"http://x-access-token:{FULL}@127.0.0.1:{github.port}/octo/{name}.git"


def _commit(work: Path, branch: str) -> None:
    git("init", "-q", "-b", branch, ".", cwd=work)
    git("commit", "-q", "--allow-empty", "-m", "First", cwd=work)


def test_a_former_name_leads_to_the_repository(github: ServedGitHub) -> None:
    created = github.create("former")
    renamed = github.rest("PATCH", "/repos/octo/former", {"name": "present", "archived": True})
    assert (renamed.body["name"], renamed.body["archived"]) == ("present", True)
    by_id = f"{github.url}/api/v3/repositories/{created['id']}"
    moved = github.rest("GET", "/repos/octo/former")
    assert (moved.status, moved.headers["location"]) == (301, by_id)
    headers = {"Authorization": f"Bearer {FULL}", "User-Agent": "tests"}
    assert json.loads(github.fetch(by_id, headers=headers).body)["name"] == "present"
    assert github.fetch(f"{by_id}9", headers=headers).status == 404
    below = github.rest("GET", "/repos/octo/former/branches?per_page=1", check=False)
    assert below.headers["location"] == f"{by_id}/branches?per_page=1"
    write = github.rest("PATCH", "/repos/octo/former", {"archived": False})
    assert (write.status, write.headers["location"]) == (307, by_id)
    assert github.rest("GET", "/repos/octo/former", token=STRANGER).status == 404
    assert github.rest("GET", "/repos/octo/present").body["id"] == created["id"]


def test_a_former_name_is_free_for_another_repository(github: ServedGitHub) -> None:
    first = github.create("reused")
    github.rest("PATCH", "/repos/octo/reused", {"name": "reused-before"})
    second = github.create("reused")
    assert github.rest("GET", "/repos/octo/reused").body["id"] == second["id"]
    taken = github.rest("PATCH", "/repos/octo/reused-before", {"name": "Reused"})
    assert taken.status == 422
    assert taken.body["errors"][0]["message"] == "name already exists on this account"
    assert github.rest("DELETE", "/repos/octo/reused").status == 204
    location = github.rest("GET", "/repos/octo/reused").headers["location"]
    assert location.endswith(f"/{first['id']}")
    assert github.rest("DELETE", "/repos/octo/reused-before").status == 204
    assert github.rest("GET", "/repos/octo/reused").status == 404


def test_only_who_administers_may_rename(github: ServedGitHub) -> None:
    github.create("named")
    refused = github.rest("PATCH", "/repos/octo/named", {"name": "mine"}, token=STRANGER)
    assert refused.status == 404
    assert github.rest("PATCH", "/repos/octo/named", {"name": "a b"}).status == 422


def test_git_follows_a_former_name(github: ServedGitHub, tmp_path: Path) -> None:
    github.create("cloned")
    github.rest("PATCH", "/repos/octo/cloned", {"name": "cloned-now"})
    git("clone", "-q", _url(github, "cloned"), "work", cwd=tmp_path)
    work = tmp_path / "work"
    git("commit", "-q", "--allow-empty", "-m", "More", cwd=work)
    git("push", "-q", "origin", "main", cwd=work)
    assert len(github.rest("GET", "/repos/octo/cloned-now/commits").body) == 2


def test_an_owner_has_a_default_branch_for_new_repositories(traditional: InProcessGitHub) -> None:
    body: dict[str, Any] = {"name": "old-school", "auto_init": True}
    made = traditional.rest("POST", "/user/repos", body)
    assert made["default_branch"] == "master"
    branches = traditional.rest("GET", "/repos/octo/old-school/branches")
    assert [branch["name"] for branch in branches] == ["master"]
    shared = traditional.rest("POST", "/orgs/acme/repos", {"name": "shared"})
    assert shared["default_branch"] == "main"


def test_an_empty_repository_answers_as_githubs(traditional: InProcessGitHub) -> None:
    made = traditional.rest("POST", "/user/repos", {"name": "empty"})
    assert made["default_branch"] == "master"

    def ask(method: str, path: str, body: Any = None) -> tuple[int, str]:
        url = f"{traditional.github.api_url}/repos/octo/empty{path}"
        answer = traditional.request(
            method, url, json=body, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        return answer.status, answer.data.decode()

    for path in ("/git/ref/heads/main", "/git/trees/main", "/commits"):
        status, text = ask("GET", path)
        assert (status, "Git Repository is empty." in text) == (409, True), path
    assert ask("GET", "/branches/main")[0] == 404
    assert ask("GET", "/compare/main...template")[0] == 404
    assert ask("GET", "/branches") == (200, "[]")
    wish = {"ref": "refs/heads/x", "sha": "1" * 40}
    assert ask("POST", "/git/refs", wish)[0] == 409
    status, text = ask("PATCH", "", {"default_branch": "main"})
    assert status == 422
    assert "for an empty repository" in text


def test_the_first_branch_becomes_the_default_whatever_the_setting(
    github: ServedGitHub, tmp_path: Path
) -> None:
    github.create("pushed-first", auto_init=False)
    _commit(tmp_path, "trunk")
    git("push", "-q", _url(github, "pushed-first"), "trunk", cwd=tmp_path)
    assert github.rest("GET", "/repos/octo/pushed-first").body["default_branch"] == "trunk"
    git("push", "-q", _url(github, "pushed-first"), "trunk:main", cwd=tmp_path)
    path = "/repos/octo/pushed-first"
    assert github.rest("PATCH", path, {"default_branch": "main"}).body["default_branch"] == "main"
    git("clone", "-q", _url(github, "pushed-first"), "again", cwd=tmp_path)
    branch = git("branch", "--show-current", cwd=tmp_path / "again").stdout.strip()
    assert branch == "main"
