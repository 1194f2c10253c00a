"""Repositories over REST, raw and with PyGithub."""

from __future__ import annotations

import subprocess

import pytest
from github import Auth, Github, GithubException

from rehearsal.github.core.settings import CONTROL_TOKEN_VARIABLE
from rehearsal.tests.github.served_github import (
    CONTROL,
    EXPIRED,
    FULL,
    NO_DELETE,
    NO_REPO,
    ROOT,
    STRANGER,
    ServedGitHub,
)

QUICK = {"retry": None, "seconds_between_requests": 0, "seconds_between_writes": 0}


def test_created_repository_has_ids_and_a_first_commit(github: ServedGitHub) -> None:
    created = github.create("first", description="To try")
    assert created["owner"]["id"] == 1001
    assert created["visibility"] == "private"
    assert github.rest("GET", "/repos/octo/FIRST").body["id"] == created["id"]
    readme = github.rest("GET", "/repos/octo/first/contents/README.md")
    assert readme.body["type"] == "file"
    assert github.rest("GET", "/repos/octo/first/branches/main").status == 200
    assert github.rest("GET", "/repos/octo/first/commits?per_page=1").body[0]["parents"] == []


def test_organization_repository_is_made_by_a_member_only(github: ServedGitHub) -> None:
    body = {"name": "shared", "private": True, "auto_init": True}
    made = github.rest("POST", "/orgs/acme/repos", body)
    assert (made.status, made.body["owner"]["type"]) == (201, "Organization")
    assert github.rest("POST", "/orgs/acme/repos", body, token=STRANGER).status == 404
    assert github.rest("POST", "/orgs/octo/repos", body).status == 404


def test_taken_and_impossible_names_are_refused(github: ServedGitHub) -> None:
    github.create("taken")
    again = github.rest("POST", "/user/repos", {"name": "Taken"})
    assert again.status == 422
    assert again.body["errors"][0]["message"] == "name already exists on this account"
    assert github.rest("POST", "/user/repos", {"name": "a b"}).status == 422
    assert github.rest("POST", "/user/repos", {}, check=False).status == 422


def test_tokens_decide(github: ServedGitHub) -> None:
    github.create("guarded")
    path = "/repos/octo/guarded"
    for token in ("ghp_wrong", EXPIRED):
        refused = github.rest("GET", "/user", token=token)
        assert (refused.status, refused.body["message"]) == (401, "Bad credentials")
    assert github.rest("GET", "/user", token=None).status == 401
    assert github.rest("GET", path, token=None).status == 404
    assert github.rest("GET", path, token=NO_REPO).status == 404
    assert github.rest("GET", path, token=STRANGER).status == 404
    assert github.rest("POST", "/user/repos", {"name": "x"}, token=NO_REPO).status == 404
    assert github.rest("DELETE", path, token=NO_DELETE).status == 403
    assert github.rest("DELETE", path, token=STRANGER).status == 404


def test_headers_tell_scopes_limit_and_expiry(github: ServedGitHub) -> None:
    headers = github.rest("GET", "/user", token=NO_DELETE).headers
    assert headers["x-oauth-scopes"] == "repo, workflow"
    assert headers["github-authentication-token-expiration"] == "2099-01-02 03:04:05 UTC"
    assert int(headers["x-ratelimit-limit"]) == 5000
    assert int(headers["x-ratelimit-remaining"]) < 5000
    assert headers["x-github-request-id"]


def test_archived_repository_is_read_only_until_unarchived(github: ServedGitHub) -> None:
    github.create("old")
    path = "/repos/octo/old"
    assert github.rest("PATCH", path, {"archived": True}).body["archived"] is True
    refused = github.rest("PATCH", path, {"description": "new"})
    assert refused.status == 403
    assert "archived" in refused.body["message"]
    wish = {"message": "x", "content": "eA=="}
    assert github.rest("PUT", f"{path}/contents/a", wish).status == 403
    assert github.rest("GET", f"{path}/contents/README.md").status == 200
    assert github.rest("PATCH", path, {"archived": False}).body["archived"] is False
    changed = github.rest("PATCH", path, {"description": "", "has_wiki": False}).body
    assert (changed["description"], changed["has_wiki"]) == ("", False)


def test_deleted_repository_is_gone_and_its_id_never_used_again(github: ServedGitHub) -> None:
    first = github.create("gone")["id"]
    assert github.rest("DELETE", "/repos/octo/gone").status == 204
    assert github.rest("GET", "/repos/octo/gone").status == 404
    assert github.rest("DELETE", "/repos/octo/gone").status == 404
    assert github.create("gone")["id"] > first


def test_lists_are_paged(github: ServedGitHub) -> None:
    for number in range(3):
        github.create(f"page-{number}")
    page = github.rest("GET", "/user/repos?per_page=2&page=1")
    assert len(page.body) == 2
    assert 'rel="next"' in page.headers["link"]


def test_unknown_route_says_that_the_rehearsal_lacks_it(github: ServedGitHub) -> None:
    answer = github.rest("GET", "/repos/octo/first/releases", check=False)
    assert answer.status == 404
    assert "does not model GET /api/v3/repos/octo/first/releases" in answer.body["message"]


def test_request_without_user_agent_or_with_broken_json_is_refused(github: ServedGitHub) -> None:
    header = {"User-Agent": "", "Authorization": f"Bearer {FULL}"}
    assert github.fetch(f"{github.url}/api/v3/user", headers=header).status == 403
    header["User-Agent"] = "tests"
    broken = github.fetch(f"{github.url}/api/v3/user/repos", "POST", b"{", header)
    assert (broken.status, b"Problems parsing JSON" in broken.body) == (400, True)


def test_pygithub_works(github: ServedGitHub) -> None:
    client = Github(base_url=f"{github.url}/api/v3", auth=Auth.Token(FULL), **QUICK)
    user = client.get_user()
    assert user.login == "octo"
    repository = user.create_repo("py", private=True, auto_init=True)
    assert repository.get_branch("main").commit.sha
    assert repository.create_variable("COLOUR", "blue")
    assert repository.create_secret("HIDDEN", "value")
    # It sends every field of an environment, which GitHub refuses in private ones on this plan.
    repository.edit(private=False)
    assert repository.create_environment("dev").name == "dev"
    made = repository.create_file("notes/a.txt", "Add", "hello")
    assert repository.get_contents("notes/a.txt").decoded_content == b"hello"
    commit = repository.get_commit(made["commit"].sha)
    status = commit.create_status("pending", context="SageMaker Pipeline")
    assert status.creator.login == "octo"
    assert repository.get_commit("main").get_combined_status().state == "pending"
    repository.edit(archived=True)
    repository.delete()
    with pytest.raises(GithubException, match="404"):
        client.get_repo("octo/py")
    client.close()


def test_wrong_settings_end_in_one_sentence(github: ServedGitHub) -> None:
    taken = subprocess.run(
        github.command(),
        env={"PYTHONPATH": str(ROOT), CONTROL_TOKEN_VARIABLE: CONTROL},
        capture_output=True,
        text=True,
        check=False,
    )
    assert taken.returncode == 2
    assert f"Port {github.port} on 127.0.0.1 cannot be used" in taken.stderr


def test_a_page_of_another_site_is_refused(github: ServedGitHub) -> None:
    address = f"{github.url}/api/v3/meta"
    for header in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        assert github.fetch(address, headers=header).status == 403
