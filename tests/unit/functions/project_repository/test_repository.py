"""Behaviour of `Custom::GitHubRepository` on Create and Update."""

import re

import pytest
import urllib3

from tests.unit.functions.fake_github import FakeGitHub
from tests.unit.functions.invocation_fakes import Stage
from tests.unit.functions.repository_requests import MARKER, run, update


def test_create_makes_a_private_repository_with_settings_and_environment(stage: Stage) -> None:
    answer = run(stage, "Create")
    repository = stage.github.repositories["ada/rings-deploy"]
    fields = repository.fields
    assert answer["Status"] == "SUCCESS"
    assert answer["NoEcho"] is False
    assert answer["PhysicalResourceId"] == f"github:ada/rings-deploy:{fields['id']}"
    assert answer["Data"] == {
        "RepositoryId": str(fields["id"]),
        "OwnerId": "101",
        "FullName": "ada/rings-deploy",
        "OwnerKind": "User",
        "SubClaimPrefix": f"repo:ada@101/rings-deploy@{fields['id']}",
        "DefaultBranch": "main",
        "HtmlUrl": "https://github.example/ada/rings-deploy",
        "Environments": "dev",
    }
    assert fields["private"]
    assert fields["delete_branch_on_merge"]
    assert not fields["has_wiki"]
    assert not fields["has_projects"]
    assert fields["description"] == f"Deploys rings {MARKER}"
    assert repository.environments == {"dev"}


def test_create_writes_twice(stage: Stage) -> None:
    run(stage, "Create")
    assert stage.github.writes == [
        ("POST", "/user/repos"),
        ("PUT", "/repos/ada/rings-deploy/environments/dev"),
    ]


def test_create_in_an_organization_uses_its_endpoint(stage: Stage) -> None:
    answer = run(stage, "Create", changed={"Owner": "acme"})
    assert answer["Data"]["OwnerKind"] == "Organization"
    assert answer["Data"]["OwnerId"] == "500"
    assert stage.github.writes[0] == ("POST", "/orgs/acme/repos")


def test_create_again_finds_its_own_repository_and_writes_nothing(stage: Stage) -> None:
    first = run(stage, "Create")
    written = len(stage.github.writes)
    assert run(stage, "Create") == first
    assert len(stage.github.writes) == written


def test_create_finishes_what_an_interrupted_try_began(stage: Stage) -> None:
    stage.github.add("ada", "rings-deploy", description=f"Deploys rings {MARKER}")
    answer = run(stage, "Create")
    fields = stage.github.repositories["ada/rings-deploy"].fields
    assert answer["Status"] == "SUCCESS"
    assert fields["private"]
    assert fields["delete_branch_on_merge"]
    assert stage.github.writes[0] == ("PATCH", "/repos/ada/rings-deploy")


def test_create_survives_a_lost_answer(stage: Stage) -> None:
    lost = urllib3.exceptions.ReadTimeoutError(None, "/", "lost")  # type: ignore[arg-type]
    stage.github.fail("POST", "/user/repos", lost, after=True)
    assert run(stage, "Create")["Status"] == "SUCCESS"
    assert len(stage.github.repositories) == 1


def test_create_refuses_a_taken_name_before_anything_is_made(stage: Stage) -> None:
    stage.github.add("ada", "rings-deploy", description="my own work")
    answer = run(stage, "Create")
    assert answer["Status"] == "FAILED"
    assert "ada/rings-deploy exists already" in answer["Reason"]
    assert "choose another project name" in answer["Reason"]
    assert answer["PhysicalResourceId"] == "github:ada/rings-deploy:none"
    assert stage.github.writes == []


def test_create_refuses_a_name_marked_by_another_project(stage: Stage) -> None:
    stage.github.add("ada", "rings-deploy", description="x [sagemaker-project p-zzzzzzzzzzzz]")
    assert run(stage, "Create")["Status"] == "FAILED"
    assert stage.github.writes == []


def test_create_refuses_a_name_that_was_taken_in_the_meantime(stage: Stage) -> None:
    stage.github.fail("GET", "/repos/ada/rings-deploy$", (404, {"message": "Not Found"}))
    stage.github.add("ada", "rings-deploy", description="faster")
    assert "exists already" in run(stage, "Create")["Reason"]
    assert stage.github.repositories["ada/rings-deploy"].fields["description"] == "faster"


def test_create_takes_a_name_that_only_redirects(stage: Stage) -> None:
    stage.github.add("ada", "moved-away")
    stage.github.renamed["ada/rings-deploy"] = "ada/moved-away"
    assert run(stage, "Create")["Status"] == "SUCCESS"


def test_create_waits_for_a_repository_that_is_not_ready(stage: Stage) -> None:
    stage.github.fail("GET", "/oidc/", (404, {"message": "Not Found"}), times=3)
    answer = run(stage, "Create")
    assert answer["Data"]["SubClaimPrefix"].startswith("repo:ada@101/")
    assert len(stage.time.slept) == 3


def test_create_names_the_subject_where_github_names_no_prefix(stage: Stage) -> None:
    stage.github.fail("GET", "/oidc/", (404, {"message": "Not Found"}), times=99)
    assert run(stage, "Create")["Data"]["SubClaimPrefix"] == "repo:ada/rings-deploy"


def test_create_succeeds_on_a_plan_without_environments(stage: Stage) -> None:
    stage.github.plan_has_environments = False
    answer = run(stage, "Create")
    assert answer["Status"] == "SUCCESS"
    assert answer["Data"]["Environments"] == ""


def test_create_keeps_the_rules_of_an_environment_that_exists(stage: Stage) -> None:
    repository = stage.github.add("ada", "rings-deploy", description=f"Deploys rings {MARKER}")
    repository.environments.add("dev")
    run(stage, "Create")
    assert not any("environments" in path for _, path in stage.github.writes)


@pytest.mark.parametrize(
    ("scopes", "named"), [("repo", "`workflow`"), ("workflow, gist", "`repo`"), ("", "`repo` and")]
)
def test_create_names_missing_scopes_before_anything_is_made(
    stage: Stage, scopes: str, named: str
) -> None:
    stage.github.scopes = scopes
    answer = run(stage, "Create")
    assert answer["Status"] == "FAILED"
    assert named in answer["Reason"]
    assert stage.github.writes == []


def test_create_asks_for_delete_repo_when_deletion_is_chosen(stage: Stage) -> None:
    stage.github.scopes = "repo, workflow"
    reason = run(stage, "Create", changed={"OnDelete": "delete"})["Reason"]
    assert "`delete_repo` scope" in reason


def test_create_accepts_tokens_that_show_no_scopes(stage: Stage) -> None:
    stage.github.scopes = None
    assert run(stage, "Create")["Status"] == "SUCCESS"


def test_create_explains_a_bad_token(stage: Stage) -> None:
    stage.github.token = "another"
    assert "wrong, expired or revoked" in run(stage, "Create")["Reason"]


def test_create_explains_an_unknown_owner(stage: Stage) -> None:
    reason = run(stage, "Create", changed={"Owner": "nobody"})["Reason"]
    assert reason == "GitHub has no user or organization nobody; correct GithubUserName."


def test_create_explains_an_owner_that_is_another_user(stage: Stage) -> None:
    assert "The token belongs to ada" in run(stage, "Create", changed={"Owner": "bob"})["Reason"]


def test_create_explains_a_lack_of_rights_in_the_organization(stage: Stage) -> None:
    stage.github.members_create = False
    reason = run(stage, "Create", changed={"Owner": "acme"})["Reason"]
    assert "ada may not create private repositories in the organization acme" in reason


def test_create_explains_a_bad_property(stage: Stage) -> None:
    answer = run(stage, "Create", changed={"Name": "a/b"})
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("The property Name must match")


def test_a_failure_after_creation_carries_the_id_to_delete_by(stage: Stage) -> None:
    stage.github.fail("GET", "/environments/", (500, {"message": "x"}), times=99)
    answer = run(stage, "Create")
    made = stage.github.repositories["ada/rings-deploy"].fields["id"]
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == f"github:ada/rings-deploy:{made}"


def test_update_without_a_change_writes_nothing(stage: Stage) -> None:
    made = run(stage, "Create")
    written = len(stage.github.writes)
    answer = update(stage, made)
    assert answer == made
    assert len(stage.github.writes) == written


def test_update_of_the_name_makes_a_new_repository_with_a_new_id(stage: Stage) -> None:
    made = run(stage, "Create")
    answer = update(stage, made, Name="fish-deploy")
    assert re.fullmatch("github:ada/fish-deploy:[0-9]+", answer["PhysicalResourceId"])
    assert set(stage.github.repositories) == {"ada/rings-deploy", "ada/fish-deploy"}


def test_update_of_the_description_keeps_the_marker(stage: Stage) -> None:
    made = run(stage, "Create")
    update(stage, made, Description="New words")
    fields = stage.github.repositories["ada/rings-deploy"].fields
    assert fields["description"] == f"New words {MARKER}"


def test_update_adds_an_environment(stage: Stage) -> None:
    made = run(stage, "Create")
    update(stage, made, Environments=["dev", "prod"])
    assert stage.github.repositories["ada/rings-deploy"].environments == {"dev", "prod"}


def test_update_says_when_the_repository_is_gone(stage: Stage) -> None:
    made = run(stage, "Create")
    stage.github.repositories.clear()
    answer = update(stage, made)
    assert answer["Status"] == "FAILED"
    assert "ada/rings-deploy of this project is gone" in answer["Reason"]


def test_an_unexpected_failure_is_answered_in_one_sentence(stage: Stage) -> None:
    stage.github.fail("GET", "/user", KeyError("surprise"))
    answer = run(stage, "Create")
    assert answer["Status"] == "FAILED"
    assert "failed unexpectedly with KeyError" in answer["Reason"]
    assert "/aws/lambda/function" in answer["Reason"]


def test_no_secret_reaches_the_log(
    stage: Stage, github: FakeGitHub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    github.fail("GET", "/user", KeyError("surprise"))
    run(stage, "Create")
    stage.put_statuses = [503]
    run(stage, "Create")
    assert "SUCCESS" in caplog.text
    assert github.token not in caplog.text
    assert "do-not-log-me" not in caplog.text
