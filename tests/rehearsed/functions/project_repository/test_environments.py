"""Who is asked before a deployment, on each plan, and what is said about it."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.github.in_process_github import ACCOUNTS, InProcessGitHub
from tests.rehearsed.functions.repository_requests import environments, properties, reviewers, run
from tests.rehearsed.functions.repository_stage import RepositoryStage

STAGES, REVIEWED = ["dev", "staging", "prod"], ["staging", "prod"]
PRIVATE_PRO = "octo/rings-deploy"
ENTERPRISE = "bigcorp/rings-deploy"
SOMEBODY = {"reviewers": [{"type": "User", "id": 1002}], "prevent_self_review": True}


def create(stage: RepositoryStage, owner: str = "bigcorp", **changed: Any) -> dict[str, Any]:
    wish = {"Owner": owner, "Environments": STAGES, "ReviewedEnvironments": REVIEWED, **changed}
    answer = run(stage, "Create", changed=wish)
    assert answer["Status"] == "SUCCESS", answer
    return answer


def update(
    stage: RepositoryStage, made: dict[str, Any], old: dict[str, Any], new: dict[str, Any]
) -> dict[str, Any]:
    """Update the repository of the organization from some properties to others."""
    before = {"Owner": "bigcorp", **old}
    answer = run(
        stage,
        "Update",
        changed={"Owner": "bigcorp", **new},
        PhysicalResourceId=made["PhysicalResourceId"],
        OldResourceProperties=properties(**before),
    )
    assert answer["Status"] == "SUCCESS", answer
    return answer


def environment_writes(stage: RepositoryStage, since: int = 0) -> list[str]:
    return [path.rpartition("/")[2] for method, path in stage.writes(since) if method == "PUT"]


def test_the_tokens_user_reviews_where_the_plan_has_reviewers(stage: RepositoryStage) -> None:
    data = create(stage)["Data"]
    assert reviewers(stage, "dev", ENTERPRISE) == []
    assert [reviewers(stage, name, ENTERPRISE) for name in REVIEWED] == [["octo"], ["octo"]]
    assert data["ApprovalGate"] == "environment"
    assert "`staging` or `prod`" in data["ApprovalGateNote"]
    assert "Review deployments" in data["ApprovalGateNote"]
    assert environment_writes(stage) == STAGES


def test_self_review_is_allowed_at_first(stage: RepositoryStage) -> None:
    create(stage)
    shown = stage.github.rest("GET", f"/repos/{ENTERPRISE}/environments/prod")
    assert shown["protection_rules"][0]["prevent_self_review"] is False


def test_the_registry_is_the_gate_where_the_plan_has_no_reviewers(stage: RepositoryStage) -> None:
    data = create(stage, "octo")["Data"]
    assert environments(stage, PRIVATE_PRO) == set(STAGES)
    assert data["ApprovalGate"] == "registry"
    assert "model registry" in data["ApprovalGateNote"]
    prefix = data["SubClaimPrefix"]
    assert [data[f"SubClaim.{name}"] for name in STAGES] == [
        f"{prefix}:environment:{name}" for name in STAGES
    ]
    # The first refusal says it for all.
    assert environment_writes(stage) == ["dev", "staging", "staging", "prod"]


def test_the_registry_is_the_gate_where_the_plan_has_no_environments(tmp_path: Path) -> None:
    octo = {"login": "octo", "id": 1001, "plan": "free"}
    accounts = {**ACCOUNTS, "users": [octo, {"login": "stranger", "id": 1002}]}
    with InProcessGitHub(tmp_path / "x", accounts=accounts) as github:
        stage = RepositoryStage(github)
        data = create(stage, "octo")["Data"]
    assert (data["ApprovalGate"], data["Environments"]) == ("registry", "")
    assert data["SubClaim.prod"].endswith(":ref:refs/heads/main")
    assert environment_writes(stage) == []


@pytest.mark.parametrize("path", ["/environments$", "/environments/staging$"])
def test_a_repository_that_is_too_new_is_not_taken_for_one_without_environments(
    stage: RepositoryStage, path: str
) -> None:
    stage.github.faults.add("404", path=path, times=3)
    create(stage)
    assert [reviewers(stage, name, ENTERPRISE) for name in REVIEWED] == [["octo"], ["octo"]]


def test_what_github_made_before_it_refused_is_found_again(stage: RepositoryStage) -> None:
    stage.github.faults.add("kill-after", method="PUT", path="/environments/staging$")
    assert create(stage, "octo")["Data"]["ApprovalGate"] == "registry"


def test_a_try_that_was_cut_off_still_sets_reviewers(stage: RepositoryStage) -> None:
    stage.github.faults.add("kill", method="PUT", path="/environments/prod$")
    assert create(stage)["Data"]["ApprovalGate"] == "environment"
    assert reviewers(stage, "prod", ENTERPRISE) == ["octo"]


def test_an_environment_that_shows_no_reviewer_is_no_gate(stage: RepositoryStage) -> None:
    made = create(stage)
    stage.github.rest("PUT", f"/repos/{ENTERPRISE}/environments/prod", {})
    wish = {"Environments": STAGES, "ReviewedEnvironments": REVIEWED}
    before = stage.last_number
    data = update(stage, made, wish, {**wish, "Description": "Other words"})["Data"]
    assert data["ApprovalGate"] == "registry"
    assert environment_writes(stage, before) == []  # somebody took the reviewer away


def test_a_repeated_creation_leaves_peoples_reviewers_alone(stage: RepositoryStage) -> None:
    create(stage)
    stage.github.rest("PUT", f"/repos/{ENTERPRISE}/environments/prod", SOMEBODY)
    before = stage.last_number
    assert create(stage)["Data"]["ApprovalGate"] == "environment"
    assert reviewers(stage, "prod", ENTERPRISE) == ["stranger"]
    assert stage.writes(before) == []


def test_an_update_adds_reviewed_environments(stage: RepositoryStage) -> None:
    made = create(stage, Environments=["dev"], ReviewedEnvironments=[])
    assert "ApprovalGate" not in made["Data"]
    wish = {"Environments": STAGES, "ReviewedEnvironments": REVIEWED}
    before = stage.last_number
    data = update(stage, made, {"Environments": ["dev"]}, wish)["Data"]
    assert data["ApprovalGate"] == "environment"
    assert environment_writes(stage, before) == REVIEWED
    assert [reviewers(stage, name, ENTERPRISE) for name in REVIEWED] == [["octo"], ["octo"]]


@pytest.mark.parametrize("rules", [SOMEBODY, {"wait_timer": 30}])
def test_an_update_never_touches_rules_that_people_set(
    stage: RepositoryStage, rules: dict[str, Any]
) -> None:
    made = create(stage, Environments=["dev"], ReviewedEnvironments=[])
    path = f"/repos/{ENTERPRISE}/environments/Prod"  # names ignore case
    shown = stage.github.rest("PUT", path, rules)
    wish = {"Environments": STAGES, "ReviewedEnvironments": REVIEWED}
    before = stage.last_number
    data = update(stage, made, {"Environments": ["dev"]}, wish)["Data"]
    assert data["ApprovalGate"] == ("environment" if "reviewers" in rules else "registry")
    assert environment_writes(stage, before) == ["staging"]
    assert stage.github.rest("GET", path) == shown


def test_environments_beyond_the_first_page_are_seen(stage: RepositoryStage) -> None:
    made = create(stage, Environments=[], ReviewedEnvironments=[])
    for number in range(100):
        stage.github.rest("PUT", f"/repos/{ENTERPRISE}/environments/pr-{number}", {})
        stage.github.clock.advance(60)  # GitHub takes 80 writes a minute
    stage.github.rest("PUT", f"/repos/{ENTERPRISE}/environments/prod", SOMEBODY)
    update(
        stage,
        made,
        {"Environments": []},
        {"Environments": STAGES, "ReviewedEnvironments": REVIEWED},
    )
    assert reviewers(stage, "prod", ENTERPRISE) == ["stranger"]


@pytest.mark.parametrize(
    ("reviewed", "words"),
    [(["qa"], "has 'qa', which is not in Environments"), ("prod", "must be a list of names")],
)
def test_reviewed_environments_are_environments(
    stage: RepositoryStage, reviewed: Any, words: str
) -> None:
    changed = {"Environments": STAGES, "ReviewedEnvironments": reviewed}
    reason = run(stage, "Create", changed=changed)["Reason"]
    assert reason.startswith(f"The property ReviewedEnvironments {words}")
    assert stage.writes() == []
