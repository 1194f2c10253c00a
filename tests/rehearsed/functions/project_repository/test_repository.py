"""Behaviour of `Custom::GitHubRepository` on Create and Update."""

import re
from pathlib import Path

import pytest

from project_repository.environments import gate_note
from rehearsal.tests.github.in_process_github import ACCOUNTS, SERVER, InProcessGitHub
from tests.rehearsed.functions.content_requests import Content
from tests.rehearsed.functions.repository_requests import (
    MARKER,
    NAME,
    PROJECT_ID,
    add,
    delete,
    environments,
    names,
    properties,
    repository,
    run,
    update,
    update_back,
)
from tests.rehearsed.functions.repository_world import SECRET_ARN, RepositoryWorld


def test_create_makes_a_private_repository_with_settings_and_environment(
    world: RepositoryWorld,
) -> None:
    answer = run(world, "Create")
    shown = repository(world)
    number = shown["id"]
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == f"github:{NAME}:{number}"
    assert answer["Data"] == {
        "RepositoryId": str(number),
        "OwnerId": "1001",
        "FullName": NAME,
        "OwnerKind": "User",
        "SubClaimPrefix": f"repo:octo@1001/rings-deploy@{number}",
        "DefaultBranch": "main",
        "HtmlUrl": f"{SERVER}/{NAME}",
        "Environments": "dev",
        "ApprovalGate": "registry",
        "ApprovalGateNote": gate_note("registry", ()),
        "SubClaim.dev": f"repo:octo@1001/rings-deploy@{number}:environment:dev",
    }
    assert shown["private"]
    assert shown["delete_branch_on_merge"]
    assert not shown["has_wiki"]
    assert not shown["has_projects"]
    assert shown["description"] == f"Deploys rings {MARKER}"
    assert environments(world) == {"dev"}


def test_create_writes_twice_and_leaves_the_repository_empty(world: RepositoryWorld) -> None:
    run(world, "Create")
    assert world.writes() == [
        ("POST", "/user/repos"),
        ("PUT", f"/repos/{NAME}/environments/dev"),
    ]
    assert world.github.rest("GET", f"/repos/{NAME}/branches") == []


def test_create_in_an_organization_uses_its_endpoint(world: RepositoryWorld) -> None:
    answer = run(world, "Create", changed={"Owner": "acme"})
    assert answer["Data"]["OwnerKind"] == "Organization"
    assert answer["Data"]["OwnerId"] == "2001"
    assert world.writes()[0] == ("POST", "/orgs/acme/repos")


def test_create_tells_that_the_organization_forbids_the_token(world: RepositoryWorld) -> None:
    answer = run(world, "Create", changed={"Owner": "strict"})
    assert answer["Status"] == "FAILED"
    assert "`strict` forbids access via a personal access token (classic)" in answer["Reason"]
    assert "let an owner of it allow this one under Settings" in answer["Reason"]


def test_create_again_finds_its_own_repository_and_writes_nothing(world: RepositoryWorld) -> None:
    first = run(world, "Create")
    made = world.last_number
    assert run(world, "Create") == first
    assert world.writes(made) == []


def test_create_finishes_what_an_interrupted_try_began(world: RepositoryWorld) -> None:
    add(world, "rings-deploy", description=f"Deploys rings {MARKER}", private=False)
    answer = run(world, "Create")
    assert answer["Status"] == "SUCCESS"
    assert repository(world)["private"]
    assert world.writes()[0] == ("PATCH", f"/repos/{NAME}")


def test_create_corrects_a_repository_that_is_not_ready(world: RepositoryWorld) -> None:
    add(world, "rings-deploy", description=f"Deploys rings {MARKER}", private=False)
    world.github.faults.add("404", method="PATCH", times=3)
    assert run(world, "Create")["Status"] == "SUCCESS"
    assert repository(world)["private"]


@pytest.mark.parametrize("fault", ["lost", "502-after", "kill-after"])
def test_create_makes_one_repository_although_an_answer_is_lost(
    world: RepositoryWorld, fault: str
) -> None:
    world.github.faults.add(fault, method="POST", path="/user/repos$")  # type: ignore[arg-type]
    assert run(world, "Create")["Status"] == "SUCCESS"
    assert names(world) == {NAME}


def test_create_waits_for_its_own_repository_that_github_hides_at_first(
    world: RepositoryWorld,
) -> None:
    world.github.faults.add("lost", method="POST", path="/user/repos$")
    world.github.faults.add("404", method="GET", path=f"/repos/{NAME}$", nth=2, times=3)
    assert run(world, "Create")["Status"] == "SUCCESS"


def test_create_refuses_a_taken_name_before_anything_is_made(world: RepositoryWorld) -> None:
    add(world, "rings-deploy", description="my own work")
    answer = run(world, "Create")
    assert answer["Status"] == "FAILED"
    assert f"{NAME} exists already" in answer["Reason"]
    assert "choose another project name" in answer["Reason"]
    assert answer["PhysicalResourceId"] == f"github:{NAME}:none"
    assert world.writes() == []


def test_create_refuses_a_name_marked_by_another_project(world: RepositoryWorld) -> None:
    add(world, "rings-deploy", description="x [sagemaker-project p-zzzzzzzzzzzz]")
    assert run(world, "Create")["Status"] == "FAILED"
    assert world.writes() == []


def test_create_refuses_a_name_that_was_taken_in_the_meantime(world: RepositoryWorld) -> None:
    world.github.faults.add("404", method="GET", path=f"/repos/{NAME}$")
    add(world, "rings-deploy", description="faster")
    assert "exists already" in run(world, "Create")["Reason"]
    assert repository(world)["description"] == "faster"


def test_create_takes_a_name_that_only_redirects(world: RepositoryWorld) -> None:
    add(world, "rings-deploy")
    world.github.rest("PATCH", f"/repos/{NAME}", {"name": "moved-away"})
    assert run(world, "Create")["Status"] == "SUCCESS"
    assert names(world) == {NAME, "octo/moved-away"}


def test_create_waits_for_a_repository_that_is_not_ready(world: RepositoryWorld) -> None:
    world.github.faults.add("404", path="/oidc/", times=3)
    answer = run(world, "Create")
    assert answer["Data"]["SubClaimPrefix"].startswith("repo:octo@1001/")
    assert len(world.slept) == 3


def test_create_names_the_subject_where_github_names_no_prefix(world: RepositoryWorld) -> None:
    world.github.faults.add("404", path="/oidc/", times=0)
    assert run(world, "Create")["Data"]["SubClaimPrefix"] == f"repo:{NAME}"


def test_create_succeeds_on_a_plan_without_environments(
    world: RepositoryWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world.github.faults.add("404", path="/environments/", times=0)
    answer = run(world, "Create")
    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["Environments"] == ""
    assert "the plan may lack environments" in caplog.text
    assert answer["Data"]["SubClaim.dev"].endswith(":ref:refs/heads/main")


def test_create_keeps_the_rules_of_an_environment_that_exists(world: RepositoryWorld) -> None:
    run(world, "Create")
    made = world.last_number
    run(world, "Create")
    assert not any("environments" in path for _, path in world.writes(made))


@pytest.mark.parametrize(
    ("scopes", "named"),
    [(["repo"], "`workflow`"), (["workflow", "gist"], "`repo`"), ([], "`repo` and `workflow`")],
)
def test_create_names_missing_scopes_before_anything_is_made(
    tmp_path: Path, scopes: list[str], named: str
) -> None:
    token = {"token": "ghp_less", "login": "octo", "scopes": scopes}
    with InProcessGitHub(tmp_path / "x", accounts={**ACCOUNTS, "tokens": [token]}) as github:
        world = RepositoryWorld(github)
        world.aws.tokens[SECRET_ARN] = "ghp_less"
        answer = run(world, "Create")
        assert answer["Status"] == "FAILED"
        assert answer["Reason"].startswith(f"The token lacks the {named}")
        assert world.writes() == []


def test_create_asks_for_the_right_to_delete_where_deletion_is_chosen(
    world: RepositoryWorld,
) -> None:
    world.aws.tokens[SECRET_ARN] = "ghp_no_delete"
    assert run(world, "Create")["Status"] == "SUCCESS"
    reason = run(world, "Create", changed={"OnDelete": "delete", "Name": "other"})["Reason"]
    assert "`delete_repo`" in reason


def test_create_explains_an_unknown_owner(world: RepositoryWorld) -> None:
    reason = run(world, "Create", changed={"Owner": "nobody"})["Reason"]
    assert reason == "GitHub has no user or organization nobody; correct GithubUserName."


def test_create_explains_an_owner_that_is_another_user(world: RepositoryWorld) -> None:
    reason = run(world, "Create", changed={"Owner": "stranger"})["Reason"]
    assert "The token belongs to octo" in reason


def test_create_explains_a_lack_of_rights_in_the_organization(world: RepositoryWorld) -> None:
    world.github.faults.add("404", method="POST", path="/orgs/acme/repos$")
    reason = run(world, "Create", changed={"Owner": "acme"})["Reason"]
    assert "octo may not create private repositories in the organization acme" in reason


def test_create_explains_a_bad_property(world: RepositoryWorld) -> None:
    answer = run(world, "Create", changed={"Name": "a/b"})
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("The property Name must match")


def test_a_failure_after_creation_carries_the_id_to_delete_by(world: RepositoryWorld) -> None:
    world.github.faults.add("500", path="/environments/", times=0)
    answer = run(world, "Create")
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == f"github:{NAME}:{repository(world)['id']}"


def test_update_without_a_change_writes_nothing(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    before = world.last_number
    assert update(world, made) == made
    assert world.writes(before) == []


def test_update_without_a_change_leaves_an_environment_removed(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    world.github.rest("DELETE", f"/repos/{NAME}/environments/dev")
    before = world.last_number
    assert update(world, made)["Data"]["Environments"] == ""
    assert world.writes(before) == []


def test_update_of_the_name_makes_a_new_repository_with_a_new_id(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    answer = update(world, made, Name="fish-deploy")
    assert re.fullmatch("github:octo/fish-deploy:[0-9]+", answer["PhysicalResourceId"])
    assert names(world) == {NAME, "octo/fish-deploy"}


@pytest.mark.parametrize("mark", [" [sagemaker-project p-zzzzzzzzzzzz]", ""])
@pytest.mark.parametrize("hidden", [0, 1])
def test_create_tells_whose_archived_repository_is_in_the_way(
    world: RepositoryWorld, mark: str, hidden: int
) -> None:
    add(world, "rings-deploy", description=f"Deploys rings{mark}")
    world.github.rest("PATCH", f"/repos/{NAME}", {"archived": True})
    if hidden:
        world.github.faults.add("404", method="GET", path="/repos/")
    answer = run(world, "Create")
    whose = "the SageMaker project p-zzzzzzzzzzzz" if mark else "no SageMaker project"
    assert (answer["Status"], answer["Reason"]) == (
        "FAILED",
        f"The archived repository {NAME} of {whose} has this name, so nothing was touched; delete "
        "it in GitHub, or unarchive and rename it, or choose another project name.",
    )
    assert repository(world)["archived"]


def test_a_project_of_the_name_of_a_deleted_one_is_told_whose_repository_is_there(
    world: RepositoryWorld,
) -> None:
    delete(world, run(world, "Create"))
    world.aws.stack_status = "CREATE_IN_PROGRESS"
    answer = run(world, "Create", changed={"ProjectId": "p-mnopqrstuvwx"})
    assert f"of the SageMaker project {PROJECT_ID} has this name" in answer["Reason"]
    assert run(world, "Create", changed={"Name": "other-deploy"})["Status"] == "SUCCESS"


def test_a_replacement_that_fails_for_an_hour_is_removed_by_the_rollback(
    world: RepositoryWorld,
) -> None:
    made = run(world, "Create")
    world.github.faults.add("500", path="/environments/", times=0)
    answer = update(world, made, Name="fish-deploy")
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == made["PhysicalResourceId"]
    world.github.faults.clear()
    update_back(world, made, Name="fish-deploy")
    assert names(world) == {NAME}


def test_a_replacement_never_takes_over_what_holds_earlier_work(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    marked = {"description": f"earlier {MARKER}", "auto_init": True}
    add(world, "fish-deploy", **marked)
    answer = update(world, made, Name="fish-deploy")
    assert answer["Status"] == "FAILED"
    assert "is left from an earlier name of this project" in answer["Reason"]
    assert names(world) == {NAME, "octo/fish-deploy"}


def test_a_replacement_that_is_taken_back_returns_to_the_first_repository(
    world: RepositoryWorld,
) -> None:
    Content(world, "rings-deploy").seed()
    made = run(world, "Create")
    answer = update(world, made, Name="fish-deploy")
    world.aws.stack_status = "UPDATE_ROLLBACK_IN_PROGRESS"
    back = run(
        world,
        "Update",
        PhysicalResourceId=answer["PhysicalResourceId"],
        OldResourceProperties=properties(Name="fish-deploy"),
    )
    assert back["PhysicalResourceId"] == made["PhysicalResourceId"]


def test_update_of_the_description_keeps_the_marker(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    update(world, made, Description="New words")
    assert repository(world)["description"] == f"New words {MARKER}"


def test_update_waits_for_a_repository_that_is_not_ready(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    world.github.faults.add("404", method="PATCH", times=3)
    assert update(world, made, Description="New words")["Status"] == "SUCCESS"


def test_update_adds_an_environment(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    update(world, made, Environments=["dev", "prod"])
    assert environments(world) == {"dev", "prod"}


def test_update_says_when_the_repository_is_gone(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    world.github.rest("DELETE", f"/repos/{NAME}")
    answer = update(world, made)
    assert answer["Status"] == "FAILED"
    assert f"{NAME} of this project is gone" in answer["Reason"]


def test_an_unexpected_failure_is_answered_in_one_sentence(
    world: RepositoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(**_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(world.aws, "get_secret_value", surprise)
    answer = run(world, "Create")
    assert answer["Status"] == "FAILED"
    assert "failed unexpectedly with KeyError" in answer["Reason"]
    assert "/aws/lambda/function" in answer["Reason"]


def test_a_token_that_runs_out_soon_is_told(tmp_path: Path) -> None:
    token = {
        "token": "ghp_short",
        "login": "octo",
        "scopes": ["repo", "workflow"],
        "expires_at": "2026-12-01T12:00:00Z",
    }
    with InProcessGitHub(tmp_path / "x", accounts={**ACCOUNTS, "tokens": [token]}) as github:
        world = RepositoryWorld(github)
        world.aws.tokens[SECRET_ARN] = "ghp_short"
        reason = run(world, "Create")["Reason"]
    assert reason == (
        f"The GitHub token expires in 8 days; store a new one in the secret {SECRET_ARN}."
    )


def test_no_secret_reaches_the_log(
    world: RepositoryWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    world.github.faults.add("lost", method="POST", path="/user/repos$")
    run(world, "Create")
    assert "SUCCESS" in caplog.text
    assert "ghp_full" not in caplog.text
    assert "do-not-log-me" not in caplog.text
