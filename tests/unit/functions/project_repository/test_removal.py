"""Behaviour of `Custom::GitHubRepository` on Delete."""

import pytest

from project_repository.handler import handle_request
from tests.unit.functions.invocation_fakes import FakeContext, Stage
from tests.unit.functions.repository_requests import MARKER, delete, properties, run


def test_delete_archives_by_default_even_after_a_rename(stage: Stage) -> None:
    made = run(stage, "Create")
    repository = stage.github.repositories.pop("ada/rings-deploy")
    repository.fields.update(name="new-name", full_name="ada/new-name")
    stage.github.repositories["ada/new-name"] = repository
    stage.github.renamed["ada/rings-deploy"] = "ada/new-name"
    answer = delete(stage, made)
    assert answer["Reason"] == "The repository ada/new-name is archived."
    assert repository.fields["archived"]


def test_delete_again_writes_nothing(stage: Stage) -> None:
    made = run(stage, "Create")
    delete(stage, made)
    written = len(stage.github.writes)
    assert delete(stage, made)["Status"] == "SUCCESS"
    assert len(stage.github.writes) == written


def test_delete_deletes_when_chosen(stage: Stage) -> None:
    made = run(stage, "Create")
    assert "is deleted" in delete(stage, made, OnDelete="delete")["Reason"]
    assert stage.github.repositories == {}


def test_delete_keeps_when_chosen(stage: Stage) -> None:
    made = run(stage, "Create")
    assert "stays as it is, as chosen" in delete(stage, made, OnDelete="keep")["Reason"]
    assert not stage.github.repositories["ada/rings-deploy"].fields["archived"]


@pytest.mark.parametrize("hindrance", ["scope", "organization"])
def test_delete_archives_what_it_may_not_delete(stage: Stage, hindrance: str) -> None:
    made = run(stage, "Create")
    if hindrance == "scope":
        stage.github.scopes = "repo, workflow"
    else:
        stage.github.deletion_allowed = False
    answer = delete(stage, made, OnDelete="delete")
    assert answer["Status"] == "SUCCESS"
    assert "is archived because" in answer["Reason"]


def test_a_failed_launch_takes_its_repository_back(stage: Stage) -> None:
    made = run(stage, "Create")
    stage.stack_status = "ROLLBACK_IN_PROGRESS"
    delete(stage, made)
    assert stage.github.repositories == {}


def test_an_interrupted_create_is_taken_back_by_its_marker(stage: Stage) -> None:
    stage.github.add("ada", "rings-deploy", description=f"Deploys rings {MARKER}")
    stage.stack_status = "ROLLBACK_IN_PROGRESS"
    delete(stage, {"PhysicalResourceId": "github:ada/rings-deploy:none"})
    assert stage.github.repositories == {}


def test_a_failed_launch_leaves_a_foreign_repository_alone(stage: Stage) -> None:
    stage.github.add("ada", "rings-deploy", description="my own work")
    stage.stack_status = "ROLLBACK_IN_PROGRESS"
    answer = delete(stage, {"PhysicalResourceId": "github:ada/rings-deploy:none"})
    assert answer["Status"] == "SUCCESS"
    assert stage.github.writes == []


def test_delete_never_touches_a_repository_with_another_number(stage: Stage) -> None:
    stage.github.add("ada", "rings-deploy", description=f"Deploys rings {MARKER}")
    answer = delete(stage, {"PhysicalResourceId": "github:ada/rings-deploy:1"}, OnDelete="delete")
    assert answer["Status"] == "SUCCESS"
    assert "now belongs to repository id" in answer["Reason"]
    assert stage.github.writes == []


def test_delete_answers_when_repository_is_gone(stage: Stage) -> None:
    answer = delete(stage, {"PhysicalResourceId": "github:ada/rings-deploy:1"})
    assert answer["Status"] == "SUCCESS"
    assert "no repository ada/rings-deploy" in answer["Reason"]


def test_delete_answers_when_the_token_has_expired(stage: Stage) -> None:
    made = run(stage, "Create")
    stage.github.token = "another"
    answer = delete(stage, made)
    assert answer["Status"] == "SUCCESS"
    assert "by hand" in answer["Reason"]
    assert "expired" in answer["Reason"]


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "InvalidRequestException"])
def test_delete_answers_when_the_secret_is_gone(stage: Stage, code: str) -> None:
    stage.stub("secretsmanager").add_client_error("get_secret_value", code)
    event = stage.cloudformation_event(
        "Delete", "Custom::GitHubRepository", properties(), PhysicalResourceId="github:a/b:1"
    )
    handle_request(event, FakeContext(), stage.tools())
    assert stage.answers[-1]["Status"] == "SUCCESS"
    assert "the secret is deleted" in stage.answers[-1]["Reason"]


def test_delete_of_a_create_with_bad_properties_answers(stage: Stage) -> None:
    answer = delete(stage, {"PhysicalResourceId": "github:None/None:none"}, Owner="")
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "Nothing had been made.")


def test_delete_fails_while_github_is_down_so_that_it_can_be_repeated(stage: Stage) -> None:
    made = run(stage, "Create")
    stage.github.fail("GET", "/repos/", (503, {"message": "down"}), times=99)
    answer = delete(stage, made)
    assert answer["Status"] == "FAILED"
    assert "it answered 503" in answer["Reason"]
