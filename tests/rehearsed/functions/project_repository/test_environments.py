"""Who is asked before a deployment, on each plan, and what is said about it."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.github.in_process_github import ACCOUNTS, InProcessGitHub
from tests.rehearsed.functions.repository_requests import environments, properties, reviewers, run
from tests.rehearsed.functions.repository_world import RepositoryWorld

STAGES, REVIEWED = ["dev", "staging", "prod"], ["staging", "prod"]
PRIVATE_PRO = "octo/rings-deploy"
ENTERPRISE = "bigcorp/rings-deploy"
SOMEBODY = {"reviewers": [{"type": "User", "id": 1002}], "prevent_self_review": True}


def create(world: RepositoryWorld, owner: str = "bigcorp", **changed: Any) -> dict[str, Any]:
    wish = {"Owner": owner, "Environments": STAGES, "ReviewedEnvironments": REVIEWED, **changed}
    answer = run(world, "Create", changed=wish)
    assert answer["Status"] == "SUCCESS", answer
    return answer


def update(
    world: RepositoryWorld, made: dict[str, Any], old: dict[str, Any], new: dict[str, Any]
) -> dict[str, Any]:
    """Update the repository of the organization from some properties to others."""
    before = {"Owner": "bigcorp", **old}
    answer = run(
        world,
        "Update",
        changed={"Owner": "bigcorp", **new},
        PhysicalResourceId=made["PhysicalResourceId"],
        OldResourceProperties=properties(**before),
    )
    assert answer["Status"] == "SUCCESS", answer
    return answer


def environment_writes(world: RepositoryWorld, since: int = 0) -> list[str]:
    return [path.rpartition("/")[2] for method, path in world.writes(since) if method == "PUT"]


def test_the_tokens_user_reviews_where_the_plan_has_reviewers(world: RepositoryWorld) -> None:
    data = create(world)["Data"]
    assert reviewers(world, "dev", ENTERPRISE) == []
    assert [reviewers(world, name, ENTERPRISE) for name in REVIEWED] == [["octo"], ["octo"]]
    assert data["ApprovalGate"] == "environment"
    assert "`staging` or `prod`" in data["ApprovalGateNote"]
    assert "Review deployments" in data["ApprovalGateNote"]
    assert environment_writes(world) == STAGES


def test_self_review_is_allowed_at_first(world: RepositoryWorld) -> None:
    create(world)
    shown = world.github.rest("GET", f"/repos/{ENTERPRISE}/environments/prod")
    assert shown["protection_rules"][0]["prevent_self_review"] is False


def test_the_registry_is_the_gate_where_the_plan_has_no_reviewers(world: RepositoryWorld) -> None:
    data = create(world, "octo")["Data"]
    assert environments(world, PRIVATE_PRO) == set(STAGES)
    assert data["ApprovalGate"] == "registry"
    assert "model registry" in data["ApprovalGateNote"]
    prefix = data["SubClaimPrefix"]
    assert [data[f"SubClaim.{name}"] for name in STAGES] == [
        f"{prefix}:environment:{name}" for name in STAGES
    ]
    # The first refusal says it for all.
    assert environment_writes(world) == ["dev", "staging", "staging", "prod"]


def test_the_registry_is_the_gate_where_the_plan_has_no_environments(tmp_path: Path) -> None:
    octo = {"login": "octo", "id": 1001, "plan": "free"}
    accounts = {**ACCOUNTS, "users": [octo, {"login": "stranger", "id": 1002}]}
    with InProcessGitHub(tmp_path / "x", accounts=accounts) as github:
        world = RepositoryWorld(github)
        data = create(world, "octo")["Data"]
    assert (data["ApprovalGate"], data["Environments"]) == ("registry", "")
    assert data["SubClaim.prod"].endswith(":ref:refs/heads/main")
    assert environment_writes(world) == []


@pytest.mark.parametrize("path", ["/environments$", "/environments/staging$"])
def test_a_repository_that_is_too_new_is_not_taken_for_one_without_environments(
    world: RepositoryWorld, path: str
) -> None:
    world.github.faults.add("404", path=path, times=3)
    create(world)
    assert [reviewers(world, name, ENTERPRISE) for name in REVIEWED] == [["octo"], ["octo"]]


def test_what_github_made_before_it_refused_is_found_again(world: RepositoryWorld) -> None:
    world.github.faults.add("kill-after", method="PUT", path="/environments/staging$")
    assert create(world, "octo")["Data"]["ApprovalGate"] == "registry"


def test_a_try_that_was_cut_off_still_sets_reviewers(world: RepositoryWorld) -> None:
    world.github.faults.add("kill", method="PUT", path="/environments/prod$")
    assert create(world)["Data"]["ApprovalGate"] == "environment"
    assert reviewers(world, "prod", ENTERPRISE) == ["octo"]


def test_an_environment_that_shows_no_reviewer_is_no_gate(world: RepositoryWorld) -> None:
    made = create(world)
    world.github.rest("PUT", f"/repos/{ENTERPRISE}/environments/prod", {})
    wish = {"Environments": STAGES, "ReviewedEnvironments": REVIEWED}
    before = world.last_number
    data = update(world, made, wish, {**wish, "Description": "Other words"})["Data"]
    assert data["ApprovalGate"] == "registry"
    assert environment_writes(world, before) == []  # somebody took the reviewer away


def test_a_repeated_creation_leaves_peoples_reviewers_alone(world: RepositoryWorld) -> None:
    create(world)
    world.github.rest("PUT", f"/repos/{ENTERPRISE}/environments/prod", SOMEBODY)
    before = world.last_number
    assert create(world)["Data"]["ApprovalGate"] == "environment"
    assert reviewers(world, "prod", ENTERPRISE) == ["stranger"]
    assert world.writes(before) == []


def test_an_update_adds_reviewed_environments(world: RepositoryWorld) -> None:
    made = create(world, Environments=["dev"], ReviewedEnvironments=[])
    assert made["Data"]["ApprovalGate"] == "registry"  # of one stage nobody is asked
    wish = {"Environments": STAGES, "ReviewedEnvironments": REVIEWED}
    before = world.last_number
    data = update(world, made, {"Environments": ["dev"]}, wish)["Data"]
    assert data["ApprovalGate"] == "environment"
    assert environment_writes(world, before) == REVIEWED
    assert [reviewers(world, name, ENTERPRISE) for name in REVIEWED] == [["octo"], ["octo"]]


@pytest.mark.parametrize("rules", [SOMEBODY, {"wait_timer": 30}])
def test_an_update_never_touches_rules_that_people_set(
    world: RepositoryWorld, rules: dict[str, Any]
) -> None:
    made = create(world, Environments=["dev"], ReviewedEnvironments=[])
    path = f"/repos/{ENTERPRISE}/environments/Prod"  # names ignore case
    shown = world.github.rest("PUT", path, rules)
    wish = {"Environments": STAGES, "ReviewedEnvironments": REVIEWED}
    before = world.last_number
    data = update(world, made, {"Environments": ["dev"]}, wish)["Data"]
    assert data["ApprovalGate"] == ("environment" if "reviewers" in rules else "registry")
    assert environment_writes(world, before) == ["staging"]
    assert world.github.rest("GET", path) == shown


def test_environments_beyond_the_first_page_are_seen(world: RepositoryWorld) -> None:
    made = create(world, Environments=[], ReviewedEnvironments=[])
    for number in range(100):
        world.github.rest("PUT", f"/repos/{ENTERPRISE}/environments/pr-{number}", {})
        world.github.clock.advance(60)  # GitHub takes 80 writes a minute
    world.github.rest("PUT", f"/repos/{ENTERPRISE}/environments/prod", SOMEBODY)
    update(
        world,
        made,
        {"Environments": []},
        {"Environments": STAGES, "ReviewedEnvironments": REVIEWED},
    )
    assert reviewers(world, "prod", ENTERPRISE) == ["stranger"]


def _of(*stages: str) -> dict[str, Any]:
    """Properties of a repository whose project has these stages in their places."""
    there = [name for name in stages if name]
    return {
        "Environments": there,
        "ReviewedEnvironments": there[1:],
        "Stages": ",".join(stages),
    }


def test_a_project_from_before_is_told_its_stages_by_their_places(world: RepositoryWorld) -> None:
    made = create(world)
    before = world.last_number
    of_before = {"Environments": STAGES, "ReviewedEnvironments": REVIEWED}
    data = update(world, made, of_before, _of(*STAGES))["Data"]
    told = [data[f"StageClaim.{place}"] for place in (1, 2, 3)]
    assert told == [made["Data"][f"SubClaim.{name}"] for name in STAGES]
    assert environment_writes(world, before) == []
    assert update(world, made, _of(*STAGES), of_before)["Data"] == made["Data"]  # it went back


def test_a_stage_that_is_added_has_an_environment_and_one_that_goes_leaves_its_own(
    world: RepositoryWorld,
) -> None:
    made = create(world, **_of("qa", "live"))
    data = update(world, made, _of("qa", "live"), _of("qa", "live", "late"))["Data"]
    assert reviewers(world, "late", ENTERPRISE) == ["octo"]
    assert data["StageClaim.3"].endswith(":environment:late")
    data = update(world, made, _of("qa", "live", "late"), _of("qa", "", "late"))["Data"]
    assert environments(world, ENTERPRISE) == {"qa", "live", "late"}
    assert [key for key in data if key.startswith("StageClaim.")] == [
        "StageClaim.1",
        "StageClaim.3",
    ]


@pytest.mark.parametrize(
    ("reviewed", "words"),
    [(["qa"], "has 'qa', which is not in Environments"), ("prod", "must be a list of names")],
)
def test_reviewed_environments_are_environments(
    world: RepositoryWorld, reviewed: Any, words: str
) -> None:
    changed = {"Environments": STAGES, "ReviewedEnvironments": reviewed}
    reason = run(world, "Create", changed=changed)["Reason"]
    assert reason.startswith(f"The property ReviewedEnvironments {words}")
    assert world.writes() == []
