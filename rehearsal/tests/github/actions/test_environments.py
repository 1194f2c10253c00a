"""Which plan has which rules of environments, and what GitHub answers where it lacks them."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.tests.github.actions.test_runs import HEAD, jobs_text
from rehearsal.tests.github.served_github import FULL, Answer, ServedGitHub

ASK_OCTO = {"reviewers": [{"type": "User", "id": 1001}]}
PLAN = "Please ensure the billing plan supports the"


def put(github: ServedGitHub, full_name: str, wish: dict[str, Any], token: str = FULL) -> Answer:
    return github.rest("PUT", f"/repos/{full_name}/environments/prod", wish, token=token)


def test_a_private_repository_on_free_has_no_environments(github: ServedGitHub) -> None:
    body = {"name": "own", "private": True, "auto_init": True}
    assert github.rest("POST", "/user/repos", body, token="ghp_thrifty").status == 201
    assert put(github, "thrifty/own", {}, "ghp_thrifty").status == 404
    listed = github.rest("GET", "/repos/thrifty/own/environments", token="ghp_thrifty")
    assert listed.status == 404


@pytest.mark.parametrize(
    ("name", "wish", "lacking"),
    [
        ("pro-asks", ASK_OCTO, "required reviewers"),
        ("pro-none", {"reviewers": None}, "required reviewers"),
        ("pro-alone", {"prevent_self_review": False}, "required reviewers"),
        ("pro-waits", {"wait_timer": 5}, "wait timer"),
    ],
)
def test_a_private_repository_on_pro_has_environments_without_gates(
    github: ServedGitHub, name: str, wish: dict[str, Any], lacking: str
) -> None:
    name = github.create(name)["full_name"]
    refused = put(github, name, wish)
    assert refused.status == 422
    assert f"{PLAN} {lacking} protection rule" in refused.body["message"]
    # The environment is there all the same, and open.
    shown = github.rest("GET", f"/repos/{name}/environments/prod")
    assert shown.body["protection_rules"] == []
    assert put(github, name, {}).status == 200


def test_a_public_repository_has_every_rule_on_every_plan(github: ServedGitHub) -> None:
    body = {"name": "public", "private": False, "auto_init": True}
    github.rest("POST", "/user/repos", body, token="ghp_thrifty")
    wish = {"reviewers": [{"type": "User", "id": 1003}], "wait_timer": 7}
    shown = put(github, "thrifty/public", wish, "ghp_thrifty").body
    kinds = {rule["type"]: rule for rule in shown["protection_rules"]}
    assert kinds["wait_timer"]["wait_timer"] == 7
    assert kinds["required_reviewers"]["prevent_self_review"] is False
    again = github.rest("GET", "/repos/thrifty/public/environments/prod", token="ghp_thrifty")
    assert again.body == shown


def test_rules_are_ignored_where_a_repository_becomes_private(github: ServedGitHub) -> None:
    github.create("closing-down", private=False)
    assert put(github, "octo/closing-down", ASK_OCTO).status == 200
    github.rest("PATCH", "/repos/octo/closing-down", {"private": True})
    shown = github.rest("GET", "/repos/octo/closing-down/environments/prod").body
    assert shown["protection_rules"] == []
    text = HEAD + jobs_text(deploy="environment: prod\nsteps: [{run: 'true'}]")
    github.commit("octo/closing-down", {".github/workflows/work.yml": text})
    assert github.run("closing-down")["conclusion"] == "success"


def test_rules_that_cannot_be_are_refused(github: ServedGitHub) -> None:
    github.create("bigcorp/odd")
    many = {"reviewers": [{"type": "User", "id": 1001}] * 7}
    same = {"protected_branches": True, "custom_branch_policies": True}
    for wish, words in (
        (many, "No more than 6 reviewers"),
        ({"reviewers": [{"type": "User", "id": 77}]}, "User 77 cannot review"),
        ({"reviewers": [{"type": "Team", "id": 1001}]}, "Team 1001 cannot review"),
        ({"prevent_self_review": True}, "at least one reviewer to set prevent_self_review"),
        ({"wait_timer": 43_201}, "between 0 and 43200"),
        ({"deployment_branch_policy": same}, "cannot have the same value"),
    ):
        refused = put(github, "bigcorp/odd", wish)
        assert (refused.status, words in refused.body["message"]) == (422, True), refused.body
    policy = {"protected_branches": True, "custom_branch_policies": False}
    unmodelled = put(github, "bigcorp/odd", {"deployment_branch_policy": policy})
    assert unmodelled.status == 404
    assert "does not model deployment branch policies" in unmodelled.body["message"]


def test_what_is_not_sent_is_reset(github: ServedGitHub) -> None:
    github.create("bigcorp/reset")
    assert put(github, "bigcorp/reset", ASK_OCTO).body["protection_rules"]
    assert put(github, "bigcorp/reset", {}).body["protection_rules"] == []
