"""Behaviour of `Custom::GitHubRepository` on Delete."""

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from rehearsal.github.core.faults import FaultKind
from tests.rehearsed.functions.repository_requests import (
    MARKER,
    NAME,
    PROJECT_ID,
    add,
    delete,
    names,
    properties,
    repository,
    run,
    update,
)
from tests.rehearsed.functions.repository_stage import (
    SECRET_ARN,
    RepositoryStage,
)
from tests.unit.functions.invocation_fakes import client_error

DISTURBANCES = {
    "throttled": client_error("AnyOperation", "ThrottlingException"),
    "throttled by CloudFormation": client_error("AnyOperation", "Throttling"),
    "failing": client_error("AnyOperation", "InternalServiceError", status=500),
    "down": client_error("AnyOperation", "ServiceUnavailable", status=503),
    "slow": ReadTimeoutError(endpoint_url="https://aws.test"),
    "away": EndpointConnectionError(endpoint_url="https://aws.test"),
}
UNMADE = {"PhysicalResourceId": f"github:{NAME}:none"}


def test_delete_archives_by_default_even_after_a_rename(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    stage.github.rest("PATCH", f"/repos/{NAME}", {"name": "new-name"})
    assert delete(stage, made)["Reason"] == "The repository octo/new-name is archived."
    assert repository(stage, "octo/new-name")["archived"]


def test_delete_again_writes_nothing(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    delete(stage, made)
    before = stage.last_number
    assert delete(stage, made)["Status"] == "SUCCESS"
    assert stage.writes(before) == []


def test_delete_deletes_when_chosen(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    assert "is deleted" in delete(stage, made, OnDelete="delete")["Reason"]
    assert names(stage) == set()


def test_delete_keeps_when_chosen(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    assert "stays as it is, as chosen" in delete(stage, made, OnDelete="keep")["Reason"]
    assert not repository(stage)["archived"]


@pytest.mark.parametrize("hindrance", ["scope", "organization"])
def test_delete_archives_what_it_may_not_delete(stage: RepositoryStage, hindrance: str) -> None:
    made = run(stage, "Create")
    _forbid_deletion(stage, hindrance)
    answer = delete(stage, made, OnDelete="delete")
    assert answer["Status"] == "SUCCESS"
    assert f"{NAME} is archived because" in answer["Reason"]


def test_delete_whose_answer_is_lost_deletes_once(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    stage.github.faults.add("lost", method="DELETE")
    assert "is deleted" in delete(stage, made, OnDelete="delete")["Reason"]


@pytest.mark.parametrize("fault", ["lost", "502-after", "reset-after", "cut"])
def test_an_archiving_whose_answer_is_lost_is_told_as_done(
    stage: RepositoryStage, fault: FaultKind
) -> None:
    made = run(stage, "Create")
    stage.github.faults.add(fault, method="PATCH")
    assert delete(stage, made)["Reason"] == f"The repository {NAME} is archived."
    assert repository(stage)["archived"]


@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
@pytest.mark.parametrize("choice", ["archive", "keep"])
def test_a_failed_operation_takes_its_repository_back_whatever_was_chosen(
    stage: RepositoryStage, status: str, choice: str
) -> None:
    made = run(stage, "Create")
    stage.aws.stack_status = status
    delete(stage, made, OnDelete=choice)
    assert names(stage) == set()


@pytest.mark.parametrize("hindrance", ["scope", "organization"])
@pytest.mark.parametrize("fault", [None, "404", "lost", "502-after", "kill-after"])
def test_a_failed_launch_that_may_not_delete_makes_room_for_the_next(
    stage: RepositoryStage, hindrance: str, fault: str | None
) -> None:
    made = run(stage, "Create")
    _forbid_deletion(stage, hindrance)
    stage.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    if fault:
        stage.github.faults.add(fault, method="PATCH")  # type: ignore[arg-type]
    answer = delete(stage, made)
    aside = f"octo/rings-deploy-rolled-back-{PROJECT_ID}"
    assert answer["Status"] == "SUCCESS"
    assert f"is renamed to {aside}, so that {NAME} is free" in answer["Reason"]
    assert names(stage) == {aside}
    assert repository(stage, aside)["archived"]
    assert run(stage, "Create")["Status"] == "SUCCESS"


def test_an_interrupted_create_is_taken_back_by_its_marker(stage: RepositoryStage) -> None:
    add(stage, "rings-deploy", description=f"Deploys rings {MARKER}")
    stage.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    delete(stage, UNMADE)
    assert names(stage) == set()


def test_an_interrupted_create_that_github_hides_is_taken_back(stage: RepositoryStage) -> None:
    add(stage, "rings-deploy", description=f"Deploys rings {MARKER}")
    stage.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    stage.github.faults.add("404", method="GET", times=3)
    delete(stage, UNMADE)
    assert names(stage) == set()


def test_a_failed_launch_leaves_a_foreign_repository_alone(stage: RepositoryStage) -> None:
    add(stage, "rings-deploy", description="my own work")
    stage.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    assert delete(stage, UNMADE)["Status"] == "SUCCESS"
    assert stage.writes() == []


def test_a_replacement_that_nobody_knew_is_removed_by_the_rollback(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    add(stage, "fish-deploy", description=f"Deploys fish {MARKER}")
    stage.aws.stack_status = "UPDATE_ROLLBACK_IN_PROGRESS"
    answer = run(
        stage,
        "Update",
        PhysicalResourceId=made["PhysicalResourceId"],
        OldResourceProperties=properties(Name="fish-deploy"),
    )
    assert answer["PhysicalResourceId"] == made["PhysicalResourceId"]
    assert names(stage) == {NAME}


def test_delete_never_touches_a_repository_with_another_number(stage: RepositoryStage) -> None:
    add(stage, "rings-deploy", description=f"Deploys rings {MARKER}")
    answer = delete(stage, {"PhysicalResourceId": f"github:{NAME}:1"}, OnDelete="delete")
    assert answer["Status"] == "SUCCESS"
    assert "now belongs to repository id" in answer["Reason"]
    assert stage.writes() == []


def test_delete_answers_when_repository_is_gone(stage: RepositoryStage) -> None:
    answer = delete(stage, {"PhysicalResourceId": f"github:{NAME}:1"})
    assert answer["Status"] == "SUCCESS"
    assert f"no repository {NAME}" in answer["Reason"]


def test_delete_finds_a_repository_that_github_hides_for_a_moment(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    stage.github.faults.add("404", method="GET", times=3)
    assert "is archived" in delete(stage, made)["Reason"]


def test_delete_answers_when_the_token_has_expired(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    stage.aws.tokens[SECRET_ARN] = "ghp_revoked"
    answer = delete(stage, made)
    assert answer["Status"] == "SUCCESS"
    assert "by hand" in answer["Reason"]
    assert "expired" in answer["Reason"]


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "InvalidRequestException"])
def test_delete_answers_when_the_secret_is_gone(stage: RepositoryStage, code: str) -> None:
    stage.aws.errors["get_secret_value"] = client_error("GetSecretValue", code)
    answer = delete(stage, {"PhysicalResourceId": "github:a/b:1"})
    assert answer["Status"] == "SUCCESS"
    assert "the secret is deleted" in answer["Reason"]


@pytest.mark.parametrize("made", [True, False])
@pytest.mark.parametrize("operation", ["get_secret_value", "describe_stacks"])
@pytest.mark.parametrize("disturbance", DISTURBANCES)
def test_delete_fails_while_aws_is_disturbed_and_is_done_when_it_is_repeated(
    stage: RepositoryStage, operation: str, disturbance: str, made: bool
) -> None:
    known = run(stage, "Create") if made else UNMADE
    if not made:
        add(stage, "rings-deploy", description=f"Deploys rings {MARKER}")
    stage.aws.errors[operation] = DISTURBANCES[disturbance]
    before = stage.last_number
    answer = delete(stage, known)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].endswith("try again.")
    assert stage.writes(before) == []
    stage.aws.errors.clear()
    assert delete(stage, known)["Status"] == "SUCCESS"
    assert repository(stage)["archived"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "DecryptionFailure"])
def test_a_secret_that_may_not_be_read_keeps_a_repository_from_being_forgotten(
    stage: RepositoryStage, code: str
) -> None:
    made = run(stage, "Create")
    stage.aws.errors["get_secret_value"] = client_error("GetSecretValue", code)
    answer = delete(stage, made)
    assert answer["Status"] == "FAILED"
    assert f"Secrets Manager answered {code}" in answer["Reason"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "DecryptionFailure"])
def test_a_launch_that_could_never_read_its_secret_is_rolled_back(
    stage: RepositoryStage, code: str
) -> None:
    stage.aws.errors["get_secret_value"] = client_error("GetSecretValue", code)
    made = run(stage, "Create")
    stage.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    assert (made["Status"], delete(stage, made)["Status"]) == ("FAILED", "SUCCESS")


@pytest.mark.parametrize("token", ["", "two words"])
def test_delete_answers_when_the_secret_holds_no_token(stage: RepositoryStage, token: str) -> None:
    made = run(stage, "Create")
    stage.aws.tokens[SECRET_ARN] = token
    answer = delete(stage, made)
    assert answer["Status"] == "SUCCESS"
    assert "by hand" in answer["Reason"]


def test_delete_of_a_create_with_bad_properties_answers(stage: RepositoryStage) -> None:
    answer = delete(stage, {"PhysicalResourceId": "github:None/None:none"}, Owner="")
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "Nothing had been made.")


def test_delete_fails_while_github_is_down_so_that_it_can_be_repeated(
    stage: RepositoryStage,
) -> None:
    made = run(stage, "Create")
    stage.github.faults.add("503", method="GET", path="/repos/", times=0)
    answer = delete(stage, made)
    assert answer["Status"] == "FAILED"
    assert "it answered 503" in answer["Reason"]


def test_after_an_update_the_replaced_repository_goes_as_chosen(stage: RepositoryStage) -> None:
    made = run(stage, "Create")
    update(stage, made, Name="fish-deploy")
    stage.aws.stack_status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    assert delete(stage, made)["Reason"] == f"The repository {NAME} is archived."
    assert not repository(stage, "octo/fish-deploy")["archived"]


def _forbid_deletion(stage: RepositoryStage, hindrance: str) -> None:
    if hindrance == "scope":
        stage.aws.tokens[SECRET_ARN] = "ghp_no_delete"
    else:
        stage.deletion_allowed = False
