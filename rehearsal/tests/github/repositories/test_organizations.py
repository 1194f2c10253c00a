"""Organizations, and lists of secrets and variables, held to GitHub's own description."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.github.in_process_github import TOKEN, InProcessGitHub

pytestmark = pytest.mark.tier("test")


@pytest.fixture
def github(tmp_path: Path) -> Iterator[InProcessGitHub]:
    with InProcessGitHub(tmp_path) as server:
        yield server


def test_a_member_lists_his_organizations(github: InProcessGitHub) -> None:
    found = github.rest("GET", "/user/orgs", token="ghp_orgs")
    assert [one["login"] for one in found] == ["acme", "bigcorp", "strict", "tight"]


def test_without_a_scope_for_organizations_the_list_is_refused(github: InProcessGitHub) -> None:
    with pytest.raises(AssertionError, match="read:org"):
        github.rest("GET", "/user/orgs")


def test_a_member_sees_the_plan_of_an_organization(github: InProcessGitHub) -> None:
    assert github.rest("GET", "/orgs/bigcorp")["plan"]["name"] == "enterprise"
    assert "plan" not in github.rest("GET", "/orgs/acme", token="ghp_stranger")


@pytest.mark.parametrize("name", ["nobody", "octo"])
def test_nobody_else_is_an_organization(github: InProcessGitHub, name: str) -> None:
    with pytest.raises(AssertionError, match="404"):
        github.rest("GET", f"/orgs/{name}")


def test_an_organization_tells_its_owners_what_it_allows_workflows(
    github: InProcessGitHub,
) -> None:
    def ask(path: str, token: str = "ghp_admin") -> Any:
        return github.rest("GET", path, token=token)

    assert ask("/orgs/tight/actions/permissions")["allowed_actions"] == "selected"
    selected = ask("/orgs/tight/actions/permissions/selected-actions")
    assert selected["patterns_allowed"] == ["actions/*"]
    claims = ask("/orgs/tight/actions/oidc/customization/sub", "ghp_orgs")
    assert claims == {"include_claim_keys": ["repository_owner_id"]}
    (runner,) = ask("/orgs/tight/actions/runners")["runners"]
    assert [label["name"] for label in runner["labels"]] == ["self-hosted"]
    assert ask("/user/memberships/orgs/tight")["role"] == "admin"
    assert ask("/user/memberships/orgs/tight", "ghp_member")["role"] == "member"


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/orgs/tight/actions/permissions", "ghp_orgs", 403),
        ("/orgs/tight/actions/permissions", "ghp_member", 403),
        ("/orgs/tight/actions/runners", TOKEN, 403),
        ("/user/memberships/orgs/tight", TOKEN, 403),
        ("/user/memberships/orgs/acme", "ghp_member", 404),
        ("/orgs/acme/actions/permissions/selected-actions", "ghp_admin", 403),
        ("/orgs/strict", TOKEN, 403),
        ("/orgs/octo/actions/permissions", "ghp_admin", 404),
    ],
)
def test_nobody_else_is_told(github: InProcessGitHub, path: str, token: str, status: int) -> None:
    with pytest.raises(AssertionError, match=str(status)):
        github.rest("GET", path, token=token)


def test_only_owners_make_private_repositories_where_members_may_not(
    github: InProcessGitHub,
) -> None:
    wish = {"name": "any", "private": True}
    with pytest.raises(AssertionError, match="403"):
        github.rest("POST", "/orgs/tight/repos", wish, token="ghp_member")
    assert github.rest("POST", "/orgs/tight/repos", wish)["private"]


def test_variables_are_listed_read_and_changed(github: InProcessGitHub) -> None:
    github.rest("POST", "/user/repos", {"name": "any"})
    variables = "/repos/octo/any/actions/variables"
    github.rest("POST", variables, {"name": "B", "value": "2"})
    github.rest("POST", variables, {"name": "A", "value": "1"})
    github.rest("PATCH", f"{variables}/A", {"value": "3"})
    listed = github.rest("GET", variables)
    assert [(one["name"], one["value"]) for one in listed["variables"]] == [("A", "3"), ("B", "2")]
    assert github.rest("GET", f"{variables}/B")["value"] == "2"
    with pytest.raises(AssertionError, match="404"):
        github.rest("GET", f"{variables}/C")


def test_secrets_are_listed_without_their_values(github: InProcessGitHub) -> None:
    github.rest("POST", "/user/repos", {"name": "any"})
    assert github.rest("GET", "/repos/octo/any/actions/secrets") == {
        "total_count": 0,
        "secrets": [],
    }
