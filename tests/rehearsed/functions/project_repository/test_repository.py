"""Behaviour of `Custom::GitHubRepository` on Create and Update."""

import re
from pathlib import Path

import pytest

from rehearsal.tests.github.in_process_github import ACCOUNTS, SERVER, InProcessGitHub
from tests.rehearsed.functions.content_requests import Content
from tests.rehearsed.functions.repository_requests import (
    MARKER,
    NAME,
    add,
    environments,
    names,
    properties,
    repository,
    run,
    update,
)
from tests.rehearsed.functions.repository_stage import SECRET_ARN, RepositoryStage


def test_create_makes_a_private_repository_with_settings_and_environment(
    stage: RepositoryStage,
) -> None:
    answer = run(stage, "Create")
    shown = repository(stage)
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
        "SubClaim.dev": f"repo:octo@1001/rings-deploy@{number}:environment:dev",
    }
    assert shown["private"]
    assert shown["delete_branch_on_merge"]
    assert not shown["has_wiki"]
    assert not shown["has_projects"]
    assert shown["description"] == f"Deploys rings {MARKER}"
    assert environments(stage) == {"dev"}


def test_create_writes_twice_and_leaves_the_repository_empty(stage: RepositoryStage) -> None:
    run(stage, "Create")
    assert stage.writes() == [
        ("POST", "/user/repos"),
        ("PUT", f"/repos/{NAME}/environments/dev"),
    ]
    assert stage.github.rest("GET", f"/repos/{NAME}/branches") == []


def test_create_in_an_organization_uses_its_endpoint(stage: RepositoryStage) -> None:
    answer = run(stage, "Create", changed={"Owner": "acme"})
    assert answer["Data"]["OwnerKind"] == "Organization"
    assert answer["Data"]["OwnerId"] == "2001"
    assert stage.writes()[0] == ("POST", "/orgs/acme/repos")


def test_create_tells_that_the_organization_forbids_the_token(stage: RepositoryStage) -> None:
    answer = run(stage, "Create", changed={"Owner": "strict"})
    assert answer["Status"] == "FAILED"
    assert "`strict` forbids access via a personal access token (classic)" in answer["Reason"]
    assert "let an owner of it allow this one under Settings" in answer["Reason"]


def test_create_again_finds_its_own_repository_and_writes_nothing(stage: RepositoryStage) -> None:
    first = run(stage, "Create")
    made = stage.last_number
    assert run(stage, "Create") == first
    assert stage.writes(made) == []


def test_create_finishes_what_an_interrupted_try_began(stage: RepositoryStage) -> None:
    add(stage, "rings-deploy", description=f"Deploys rings {MARKER}", private=False)
    answer = run(stage, "Create")
    assert answer["Status"] == "SUCCESS"
    assert repository(stage)["private"]
    assert stage.writes()[0] == ("PATCH", f"/repos/{NAME}")


def test_create_corrects_a_repository_that_is_not_ready(stage: RepositoryStage) -> None:
    add(stage, "rings-deploy", description=f"Deploys rings {MARKER}", private=False)
    stage.github.faults.add("404", method="PATCH", times=3)
    assert run(stage, "Create")["Status"] == "SUCCESS"
    assert repository(stage)["private"]


@pytest.mark.parametrize("fault", ["lost", "502-after", "kill-after"])
def test_create_makes_one_repository_although_an_answer_is_lost(
    stage: RepositoryStage, fault: str
) -> None:
    stage.github.faults.add(fault, method="POST", path="/user/repos$")  # type: ignore[arg-type]
    assert run(stage, "Create")["Status"] == "SUCCESS"
    assert names(stage) == {NAME}


def test_create_waits_for_its_own_repository_that_github_hides_at_first(
    stage: RepositoryStage,
) -> None:
    stage.github.faults.add("lost", method="POST", path="/user/repos$")
    stage.github.faults.add("404", method="GET", path=f"/repos/{NAME}$", nth=2, times=3)
    assert run(stage, "Create")["Status"] == "SUCCESS"


def test_create_refuses_a_taken_name_before_anything_is_made(stage: RepositoryStage) -> None:
    add(stage, "rings-deploy", description="my own work")
    answer = run(stage, "Create")
    assert answer["Status"] == "FAILED"
    assert f"{NAME} exists already" in answer["Reason"]
    assert "choose another project name" in answer["Reason"]
    assert answer["PhysicalResourceId"] == f"github:{NAME}:none"
    assert stage.writes() == []


def test_create_refuses_a_name_marked_by_another_project(stage: RepositoryStage) -> None:
    add(stage, "rings-deploy", description="x [sagemaker-project p-zzzzzzzzzzzz]")
    assert run(stage, "Create")["Status"] == "FAILED"
    assert stage.writes() == []


def test_create_refuses_a_name_that_was_taken_in_the_meantime(stage: RepositoryStage) -> None:
    stage.github.faults.add("404", method="GET", path=f"/repos/{NAME}$")
    add(stage, "rings-deploy", description="faster")
    assert "exists already" in run(stage, "Create")["Reason"]
    assert repository(stage)["description"] == "faster"


def test_create_takes_a_name_that_only_redirects(stage: RepositoryStage) -> None:
    add(stage, "rings-deploy")
    stage.github.rest("PATCH", f"/repos/{NAME}", {"name": "moved-away"})
    assert run(stage, "Create")["Status"] == "SUCCESS"
    assert names(stage) == {NAME, "octo/moved-away"}


def test_create_waits_for_a_repository_that_is_not_ready(stage: RepositoryStage) -> None:
    stage.github.faults.add("404", path="/oidc/", times=3)
    answer = run(stage, "Create")
    assert answer["Data"]["SubClaimPrefix"].startswith("repo:octo@1001/")
    assert len(stage.slept) == 3


def test_create_names_the_subject_where_github_names_no_prefix(stage: RepositoryStage) -> None:
    stage.github.faults.add("404", path="/oidc/", times=0)
    assert run(stage, "Create")["Data"]["SubClaimPrefix"] == f"repo:{NAME}"


def test_create_succeeds_on_a_plan_without_environments(
    stage: RepositoryStage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.github.faults.add("404", path="/environments/", times=0)
    answer = run(stage, "Create")
    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["Environments"] == ""
    assert "the plan may lack environments" in caplog.text
    assert answer["Data"]["SubClaim.dev"].endswith(":ref:refs/heads/main")


def test_create_keeps_the_rules_of_an_environment_that_exists(stage: RepositoryStage) -> None:
    run(stage, "Create")
    made = stage.last_number
    run(stage, "Create")
    assert not any("environments" in path for _, path in stage.writes(made))


@pytest.mark.parametrize(
    ("scopes", "named"),
    [(["repo"], "`workflow`"), (["workflow", "gist"], "`repo`"), ([], "`repo` and `workflow`")],
)
def test_create_names_missing_scopes_before_anything_is_made(
    tmp_path: Path, scopes: list[str], named: str
) -> None:
    token = {"token": "ghp_less", "login": "octo", "scopes": scopes}
    with InProcessGitHub(tmp_path / "x", accounts={**ACCOUNTS, "tokens": [token]}) as github:
        stage = RepositoryStage(github)
        stage.aws.tokens[SECRET_ARN] = "ghp_less"
        answer = run(stage, "Create")
        assert answer["Status"] == "FAILED"
        assert answer["Reason"].startswith(f"The token lacks the {named}")
        assert stage.writes() == []


def test_create_asks_for_the_right_to_delete_where_deletion_is_chosen(
    stage: RepositoryStage,
) -> None:
    stage.aws.tokens[SECRET_ARN] = "ghp_no_delete"
    assert run(stage, "Create")["Status"] == "SUCCESS"
    reason = run(stage, "Create", changed={"OnDelete": "delete", "Name": "other"})["Reason"]
    assert "`delete_repo`" in reason


def test_create_explains_an_unknown_owner(stage: RepositoryStage) -> None:
    reason = run(stage, "Create", changed={"Owner": "nobody"})["Reason"]
    assert reason == "GitHub has no user or organization nobody; correct GithubUserName."


def test_create_explains_an_owner_that_is_another_user(stage: RepositoryStage) -> None:
    reason = run(stage, "Create", changed={"Owner": "stranger"})["Reason"]
    assert "The token belongs to octo" in reason


def test_create_explains_a_lack_of_rights_in_the_organization(stage: RepositoryStage) -> None:
    stage.github.faults.add("404", method="POST", path="/orgs/acme/repos$")
    reason = run(stage, "Create", changed={"Owner": "acme"})["Reason"]
    assert "octo may not create private repositories in the organization acme" in reason


def test_create_explains_a_bad_property(stage: RepositoryStage) -> None:
    answer = run(stage, "Create", changed={"Name": "a/b"})
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("The property Name must match")


def test_a_failure_after_creation_carries_the_id_to_delete_by(stage: RepositoryStage) -> None:
    stage.github.faults.add("500", path="/environments/", times=0)
    answer = run(stage, "Create")
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == f"github:{NAME}:{repository(stage)['id']}"


def test_update_without_a_change_writes_nothing(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    before = stage.last_number
    assert update(stage, made) == made
    assert stage.writes(before) == []


def test_update_without_a_change_leaves_an_environment_removed(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    stage.github.rest("DELETE", f"/repos/{NAME}/environments/dev")
    before = stage.last_number
    assert update(stage, made)["Data"]["Environments"] == ""
    assert stage.writes(before) == []


def test_update_of_the_name_makes_a_new_repository_with_a_new_id(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    answer = update(stage, made, Name="fish-deploy")
    assert re.fullmatch("github:octo/fish-deploy:[0-9]+", answer["PhysicalResourceId"])
    assert names(stage) == {NAME, "octo/fish-deploy"}


def test_a_replacement_that_fails_leaves_nothing_new(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    stage.github.faults.add("500", path="/environments/", times=0)
    answer = update(stage, made, Name="fish-deploy")
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == made["PhysicalResourceId"]
    assert names(stage) == {NAME}


def test_a_replacement_never_takes_over_what_holds_earlier_work(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    marked = {"description": f"earlier {MARKER}", "auto_init": True}
    add(stage, "fish-deploy", **marked)
    answer = update(stage, made, Name="fish-deploy")
    assert answer["Status"] == "FAILED"
    assert "is left from an earlier name of this project" in answer["Reason"]
    assert names(stage) == {NAME, "octo/fish-deploy"}


def test_a_replacement_that_is_taken_back_returns_to_the_first_repository(
    stage: RepositoryStage,
) -> None:
    Content(stage, "rings-deploy").seed()
    made = run(stage, "Create")
    answer = update(stage, made, Name="fish-deploy")
    stage.aws.stack_status = "UPDATE_ROLLBACK_IN_PROGRESS"
    back = run(
        stage,
        "Update",
        PhysicalResourceId=answer["PhysicalResourceId"],
        OldResourceProperties=properties(Name="fish-deploy"),
    )
    assert back["PhysicalResourceId"] == made["PhysicalResourceId"]


def test_update_of_the_description_keeps_the_marker(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    update(stage, made, Description="New words")
    assert repository(stage)["description"] == f"New words {MARKER}"


def test_update_waits_for_a_repository_that_is_not_ready(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    stage.github.faults.add("404", method="PATCH", times=3)
    assert update(stage, made, Description="New words")["Status"] == "SUCCESS"


def test_update_adds_an_environment(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    update(stage, made, Environments=["dev", "prod"])
    assert environments(stage) == {"dev", "prod"}


def test_update_says_when_the_repository_is_gone(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    stage.github.rest("DELETE", f"/repos/{NAME}")
    answer = update(stage, made)
    assert answer["Status"] == "FAILED"
    assert f"{NAME} of this project is gone" in answer["Reason"]


def test_an_unexpected_failure_is_answered_in_one_sentence(
    stage: RepositoryStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(**_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(stage.aws, "get_secret_value", surprise)
    answer = run(stage, "Create")
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
        stage = RepositoryStage(github)
        stage.aws.tokens[SECRET_ARN] = "ghp_short"
        reason = run(stage, "Create")["Reason"]
    assert reason == (
        f"The GitHub token expires in 8 days; store a new one in the secret {SECRET_ARN}."
    )


def test_no_secret_reaches_the_log(
    stage: RepositoryStage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    stage.github.faults.add("lost", method="POST", path="/user/repos$")
    run(stage, "Create")
    assert "SUCCESS" in caplog.text
    assert "ghp_full" not in caplog.text
    assert "do-not-log-me" not in caplog.text
