"""Fine-grained tokens, and what organizations forbid, as the local GitHub answers them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import urllib3

from rehearsal.github.application import API_ROUTES
from rehearsal.github.core.grants import PERMISSIONLESS, Grant
from rehearsal.github.core.settings import FineGrainedToken
from rehearsal.github.http.call import ApiRoute
from rehearsal.github.http.permissions import accepted_permissions
from rehearsal.tests.github.in_process_github import SERVER, TOKEN, InProcessGitHub

pytestmark = pytest.mark.tier("test")

FINE = "github_pat_one"
REPO = "/repos/acme/rings"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[InProcessGitHub]:
    """GitHub with a private repository of the organization `acme`."""
    with InProcessGitHub(tmp_path / "github", validate=False) as github:
        github.rest("POST", "/orgs/acme/repos", {"name": "rings", "private": True})
        yield github


def give(hub: InProcessGitHub, permissions: Mapping[str, str], **more: Any) -> None:
    """Let the token in with these permissions."""
    entry = {"token": FINE, "login": "octo", "owner": "acme", "permissions": permissions, **more}
    hub.github.access.add_token(FineGrainedToken.model_validate(entry))


def ask(
    hub: InProcessGitHub, method: str, path: str, body: Any = None, token: str = FINE
) -> urllib3.HTTPResponse:
    """One request and its answer, whatever it is."""
    return hub.request(
        method,
        f"{SERVER}{path}" if path.startswith("/acme") else f"{hub.github.api_url}{path}",
        body=None if body is None else json.dumps(body),
        headers={"Authorization": f"Bearer {token}", "User-Agent": "test"},
    )


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_route_says_what_it_needs(route: ApiRoute) -> None:
    accepted = accepted_permissions(route)
    if accepted == PERMISSIONLESS:
        assert route.method == "GET"
        return
    assert Grant("acme", None, {}).allows(accepted) == (accepted == "metadata=read")
    for choice in accepted.split("; "):
        enough = dict(one.split("=") for one in choice.split(","))
        assert Grant("acme", None, enough).allows(accepted)
        assert set(enough.values()) <= ({"read"} if route.method == "GET" else {"read", "write"})


REFUSED = [
    ("PATCH", REPO, {"description": "x"}, "administration=write"),
    ("PUT", f"{REPO}/environments/dev", {}, "administration=write"),
    ("GET", f"{REPO}/environments", None, "actions=read"),
    ("GET", f"{REPO}/branches", None, "contents=read"),
    ("POST", f"{REPO}/pulls", {}, "pull_requests=write"),
    ("POST", f"{REPO}/statuses/{'0' * 40}", {"state": "success"}, "statuses=write"),
    ("GET", f"{REPO}/actions/secrets/public-key", None, "secrets=read"),
    ("POST", f"{REPO}/git/refs", {}, "contents=write; contents=write,workflows=write"),
    ("POST", "/orgs/acme/repos", {"name": "more"}, "administration=write"),
]


@pytest.mark.parametrize(("method", "path", "body", "accepted"), REFUSED)
def test_a_missing_permission_is_refused_as_github_does(
    hub: InProcessGitHub, method: str, path: str, body: Any, accepted: str
) -> None:
    give(hub, {})
    answer = ask(hub, method, path, body)
    said = json.loads(answer.data)
    assert (answer.status, said["status"]) == (403, "403")
    assert said["message"] == "Resource not accessible by personal access token"
    assert answer.headers["X-Accepted-GitHub-Permissions"] == accepted


@pytest.mark.parametrize("level", ["read", "write"])
def test_reading_is_not_writing(hub: InProcessGitHub, level: str) -> None:
    give(hub, {"administration": level})
    refused = ask(hub, "PATCH", REPO, {"description": "x"}).status == 403
    assert refused == (level == "read")


def test_what_was_not_chosen_is_hidden(hub: InProcessGitHub) -> None:
    give(hub, {"administration": "write"}, repositories=["other"])
    assert ask(hub, "GET", REPO).status == 404
    assert ask(hub, "DELETE", REPO).status == 404
    give(hub, {"administration": "write"}, repositories=["rings"])
    assert ask(hub, "GET", REPO).status == 200
    assert ask(hub, "DELETE", REPO).status == 204


def test_another_owner_is_out_of_reach(hub: InProcessGitHub) -> None:
    give(hub, {"administration": "write"}, owner="octo")
    assert ask(hub, "GET", REPO).status == 404
    assert ask(hub, "POST", "/orgs/acme/repos", {"name": "more"}).status == 403
    assert ask(hub, "POST", "/user/repos", {"name": "mine"}).status == 201


def test_what_is_public_needs_no_permission(hub: InProcessGitHub) -> None:
    hub.rest("POST", "/orgs/acme/repos", {"name": "open", "auto_init": True})
    give(hub, {}, owner="octo")
    assert ask(hub, "GET", "/repos/acme/open/branches").status == 200
    assert ask(hub, "PATCH", "/repos/acme/open", {"description": "x"}).status == 403


def test_a_renamed_repository_needs_the_same(hub: InProcessGitHub) -> None:
    give(hub, {})
    hub.rest("PATCH", REPO, {"name": "fish"})
    assert ask(hub, "PATCH", REPO, {"description": "x"}).status == 403


def test_it_has_an_end_and_no_scopes(hub: InProcessGitHub) -> None:
    give(hub, {}, expires_at="2026-12-24T10:00:00Z")
    headers = ask(hub, "GET", "/user").headers
    assert headers["github-authentication-token-expiration"] == "2026-12-24 10:00:00 UTC"
    assert "X-OAuth-Scopes" not in headers
    assert headers["X-Accepted-GitHub-Permissions"] == "allows_permissionless_access=true"
    hub.clock.advance(40 * 86400)
    assert ask(hub, "GET", "/user").status == 401


@pytest.mark.parametrize(
    ("held", "service", "said"),
    [
        ({}, "git-upload-pack", "Write access to repository not granted."),
        ({"contents": "read"}, "git-receive-pack", "Permission to acme/rings.git denied to octo."),
        ({"contents": "read"}, "git-upload-pack", ""),
        ({"contents": "write"}, "git-receive-pack", ""),
    ],
)
def test_git_needs_contents(
    hub: InProcessGitHub, held: dict[str, str], service: str, said: str
) -> None:
    give(hub, held)
    answer = ask(hub, "GET", f"/acme/rings.git/info/refs?service={service}")
    assert answer.status == (403 if said else 200)
    assert said.encode() in answer.data


def test_a_workflow_file_needs_workflows_over_rest_too(hub: InProcessGitHub) -> None:
    hub.rest("POST", "/orgs/acme/repos", {"name": "full", "auto_init": True, "private": True})
    path, body = (
        "/repos/acme/full/contents/.github/workflows/x.yml",
        {"message": "x", "content": ""},
    )
    give(hub, {"contents": "write"})
    refused = ask(hub, "PUT", path, body)
    assert refused.status == 403
    assert "workflows=write" in refused.headers["X-Accepted-GitHub-Permissions"]
    give(hub, {"contents": "write", "workflows": "write"})
    assert ask(hub, "PUT", path, body).status == 201


@pytest.mark.parametrize("rule", ["ruleset", "protection"])
def test_a_rule_keeps_commits_from_the_default_branch_only(hub: InProcessGitHub, rule: str) -> None:
    hub.rest("POST", "/orgs/acme/repos", {"name": "full", "auto_init": True, "private": True})
    head = hub.rest("GET", "/repos/acme/full/branches/main")["commit"]["sha"]
    hub.rest("POST", "/repos/acme/full/git/refs", {"ref": "refs/heads/side", "sha": head})
    access = hub.github.access
    access.put_account(replace(access.account("acme"), default_branch_rule=rule))
    body = {"message": "x", "content": ""}
    refused = ask(hub, "PUT", "/repos/acme/full/contents/a", body, token=TOKEN)
    assert (refused.status, b"through a pull request" in refused.data) == (409, True)
    body |= {"branch": "side"}
    assert ask(hub, "PUT", "/repos/acme/full/contents/a", body, token=TOKEN).status == 201


def test_a_token_that_waits_for_approval_sees_nothing_private(hub: InProcessGitHub) -> None:
    access = hub.github.access
    access.put_account(replace(access.account("acme"), approves_fine_grained_tokens=True))
    give(hub, {"administration": "write"})
    assert ask(hub, "GET", REPO).status == 404
    assert ask(hub, "POST", "/orgs/acme/repos", {"name": "more"}).status == 403
    give(hub, {"administration": "write"}, is_approved=True)
    assert ask(hub, "GET", REPO).status == 200


def test_the_rate_limit_is_told_and_not_counted(hub: InProcessGitHub) -> None:
    hub.validate = True
    first = json.loads(ask(hub, "GET", "/rate_limit", token=TOKEN).data)
    again = json.loads(ask(hub, "GET", "/rate_limit", token=TOKEN).data)
    assert first == again
    assert first["rate"]["used"] == first["resources"]["core"]["used"] == 1
    assert (first["rate"]["limit"], first["rate"]["remaining"]) == (5000, 4999)


def test_the_server_tells_its_version(hub: InProcessGitHub) -> None:
    hub.validate = True
    assert json.loads(ask(hub, "GET", "/meta", token=TOKEN).data)["installed_version"].startswith(
        "3."
    )


MISSING = [
    ("GET", "/gists"),
    ("DELETE", "/user/repos"),
    ("GET", f"{REPO}/rulesets"),
    ("PUT", f"{REPO}/topics"),
    ("POST", "/meta"),
    ("POST", "/rate_limit"),
    ("GET", "/repositories/1/rulesets"),
]


@pytest.mark.parametrize("token", [TOKEN, FINE])
@pytest.mark.parametrize(("method", "path"), MISSING)
def test_a_route_that_is_missing_says_so_in_one_way(
    hub: InProcessGitHub, method: str, path: str, token: str
) -> None:
    give(hub, {})
    answer = ask(hub, method, path, token=token)
    assert answer.status == 404
    said = json.loads(answer.data)["message"]
    named = f"{method} /api/v3{path}"
    assert said == f"The rehearsal's local GitHub does not model {named}."
