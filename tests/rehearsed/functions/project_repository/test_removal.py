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
    repository,
    run,
    update,
    update_back,
)
from tests.rehearsed.functions.repository_world import (
    SECRET_ARN,
    RepositoryWorld,
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


def test_delete_archives_by_default_even_after_a_rename(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    world.github.rest("PATCH", f"/repos/{NAME}", {"name": "new-name"})
    assert delete(world, made)["Reason"] == "The repository octo/new-name is archived."
    assert repository(world, "octo/new-name")["archived"]


def test_delete_again_writes_nothing(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    delete(world, made)
    before = world.last_number
    assert delete(world, made)["Status"] == "SUCCESS"
    assert world.writes(before) == []


def test_delete_deletes_when_chosen(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    assert "is deleted" in delete(world, made, OnDelete="delete")["Reason"]
    assert names(world) == set()


def test_delete_keeps_when_chosen(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    assert "stays as it is, as chosen" in delete(world, made, OnDelete="keep")["Reason"]
    assert not repository(world)["archived"]


@pytest.mark.parametrize("hindrance", ["scope", "organization"])
def test_delete_archives_what_it_may_not_delete(world: RepositoryWorld, hindrance: str) -> None:
    made = run(world, "Create")
    _forbid_deletion(world, hindrance)
    answer = delete(world, made, OnDelete="delete")
    assert answer["Status"] == "SUCCESS"
    assert f"{NAME} is archived because" in answer["Reason"]


def test_delete_whose_answer_is_lost_deletes_once(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    world.github.faults.add("lost", method="DELETE")
    assert "is deleted" in delete(world, made, OnDelete="delete")["Reason"]


@pytest.mark.parametrize("fault", ["lost", "502-after", "reset-after", "cut"])
def test_an_archiving_whose_answer_is_lost_is_told_as_done(
    world: RepositoryWorld, fault: FaultKind
) -> None:
    made = run(world, "Create")
    world.github.faults.add(fault, method="PATCH")
    assert delete(world, made)["Reason"] == f"The repository {NAME} is archived."
    assert repository(world)["archived"]


@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
@pytest.mark.parametrize("choice", ["archive", "keep"])
def test_a_failed_operation_takes_its_repository_back_whatever_was_chosen(
    world: RepositoryWorld, status: str, choice: str
) -> None:
    made = run(world, "Create")
    world.aws.stack_status = status
    delete(world, made, OnDelete=choice)
    assert names(world) == set()


@pytest.mark.parametrize("hindrance", ["scope", "organization"])
@pytest.mark.parametrize("fault", [None, "404", "lost", "502-after", "kill-after"])
def test_a_failed_launch_that_may_not_delete_makes_room_for_the_next(
    world: RepositoryWorld, hindrance: str, fault: str | None
) -> None:
    made = run(world, "Create")
    _forbid_deletion(world, hindrance)
    world.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    if fault:
        world.github.faults.add(fault, method="PATCH")  # type: ignore[arg-type]
    answer = delete(world, made)
    aside = f"octo/rings-deploy-rolled-back-{PROJECT_ID}"
    assert answer["Status"] == "SUCCESS"
    assert f"is renamed to {aside}, so that {NAME} is free" in answer["Reason"]
    assert names(world) == {aside}
    assert repository(world, aside)["archived"]
    assert run(world, "Create")["Status"] == "SUCCESS"


def test_an_interrupted_create_is_taken_back_by_its_marker(world: RepositoryWorld) -> None:
    add(world, "rings-deploy", description=f"Deploys rings {MARKER}")
    world.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    delete(world, UNMADE)
    assert names(world) == set()


def test_an_interrupted_create_that_github_hides_is_taken_back(world: RepositoryWorld) -> None:
    add(world, "rings-deploy", description=f"Deploys rings {MARKER}")
    world.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    world.github.faults.add("404", method="GET", times=3)
    delete(world, UNMADE)
    assert names(world) == set()


def test_a_failed_launch_leaves_a_foreign_repository_alone(world: RepositoryWorld) -> None:
    add(world, "rings-deploy", description="my own work")
    world.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    assert delete(world, UNMADE)["Status"] == "SUCCESS"
    assert world.writes() == []


def test_a_replacement_that_nobody_knew_is_removed_by_the_rollback(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    add(world, "fish-deploy", description=f"Deploys fish {MARKER}")
    answer = update_back(world, made, Name="fish-deploy")
    assert answer["PhysicalResourceId"] == made["PhysicalResourceId"]
    assert names(world) == {NAME}


def test_delete_never_touches_a_repository_with_another_number(world: RepositoryWorld) -> None:
    add(world, "rings-deploy", description=f"Deploys rings {MARKER}")
    answer = delete(world, {"PhysicalResourceId": f"github:{NAME}:1"}, OnDelete="delete")
    assert answer["Status"] == "SUCCESS"
    assert "now belongs to repository id" in answer["Reason"]
    assert world.writes() == []


def test_delete_answers_when_repository_is_gone(world: RepositoryWorld) -> None:
    answer = delete(world, {"PhysicalResourceId": f"github:{NAME}:1"})
    assert answer["Status"] == "SUCCESS"
    assert f"no repository {NAME}" in answer["Reason"]


def test_delete_finds_a_repository_that_github_hides_for_a_moment(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    world.github.faults.add("404", method="GET", times=3)
    assert "is archived" in delete(world, made)["Reason"]


def test_delete_answers_when_the_token_has_expired(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    world.aws.tokens[SECRET_ARN] = "ghp_revoked"
    answer = delete(world, made)
    assert answer["Status"] == "SUCCESS"
    assert "by hand" in answer["Reason"]
    assert "expired" in answer["Reason"]


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "InvalidRequestException"])
def test_delete_answers_when_the_secret_is_gone(world: RepositoryWorld, code: str) -> None:
    said = "You can't perform this operation on the secret because it was marked for deletion."
    world.aws.errors["get_secret_value"] = client_error("GetSecretValue", code, said)
    answer = delete(world, {"PhysicalResourceId": "github:a/b:1"})
    assert answer["Status"] == "SUCCESS"
    assert "the secret is deleted" in answer["Reason"]


@pytest.mark.parametrize("made", [True, False])
@pytest.mark.parametrize("operation", ["get_secret_value", "describe_stacks"])
@pytest.mark.parametrize("disturbance", DISTURBANCES)
def test_delete_fails_while_aws_is_disturbed_and_is_done_when_it_is_repeated(
    world: RepositoryWorld, operation: str, disturbance: str, made: bool
) -> None:
    known = run(world, "Create") if made else UNMADE
    if not made:
        add(world, "rings-deploy", description=f"Deploys rings {MARKER}")
    world.aws.errors[operation] = DISTURBANCES[disturbance]
    before = world.last_number
    answer = delete(world, known)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].endswith("try again.")
    assert world.writes(before) == []
    world.aws.errors.clear()
    assert delete(world, known)["Status"] == "SUCCESS"
    assert repository(world)["archived"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "DecryptionFailure"])
def test_a_secret_that_may_not_be_read_keeps_a_repository_from_being_forgotten(
    world: RepositoryWorld, code: str
) -> None:
    made = run(world, "Create")
    world.aws.errors["get_secret_value"] = client_error("GetSecretValue", code)
    answer = delete(world, made)
    assert answer["Status"] == "FAILED"
    assert f"Secrets Manager answered {code}" in answer["Reason"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "DecryptionFailure"])
def test_a_launch_that_could_never_read_its_secret_is_rolled_back(
    world: RepositoryWorld, code: str
) -> None:
    world.aws.errors["get_secret_value"] = client_error("GetSecretValue", code)
    made = run(world, "Create")
    world.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    assert (made["Status"], delete(world, made)["Status"]) == ("FAILED", "SUCCESS")


@pytest.mark.parametrize("token", ["", "two words"])
def test_delete_answers_when_the_secret_holds_no_token(world: RepositoryWorld, token: str) -> None:
    made = run(world, "Create")
    world.aws.tokens[SECRET_ARN] = token
    answer = delete(world, made)
    assert answer["Status"] == "SUCCESS"
    assert "by hand" in answer["Reason"]


def test_delete_of_a_create_with_bad_properties_answers(world: RepositoryWorld) -> None:
    answer = delete(world, {"PhysicalResourceId": "github:None/None:none"}, Owner="")
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "Nothing had been made.")


def test_delete_fails_while_github_is_down_so_that_it_can_be_repeated(
    world: RepositoryWorld,
) -> None:
    made = run(world, "Create")
    world.github.faults.add("503", method="GET", path="/repos/", times=0)
    answer = delete(world, made)
    assert answer["Status"] == "FAILED"
    assert "it answered 503" in answer["Reason"]


def test_after_an_update_the_replaced_repository_goes_as_chosen(world: RepositoryWorld) -> None:
    made = run(world, "Create")
    update(world, made, Name="fish-deploy")
    world.aws.stack_status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    assert delete(world, made)["Reason"] == f"The repository {NAME} is archived."
    assert not repository(world, "octo/fish-deploy")["archived"]


def _forbid_deletion(world: RepositoryWorld, hindrance: str) -> None:
    if hindrance == "scope":
        world.aws.tokens[SECRET_ARN] = "ghp_no_delete"
    else:
        world.deletion_allowed = False
