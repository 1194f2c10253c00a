"""Behaviour of `Custom::ProjectEndpoints`."""

from typing import Any

import pytest

from project_data.handler import handle_request
from tests.unit.functions.invocation_fakes import FakeContext, World, custom_resource_event

PROJECT, STACK = "p-0123456789ab", "mlops-p-0123456789ab-dev"
STACK_ARN = f"arn:aws:cloudformation:eu-west-1:111122223333:stack/{STACK}/1"
GONE = {
    "service_error_code": "ValidationError",
    "service_message": f"Stack with id {STACK} does not exist",
}


def run(world: World, kind: str, left_seconds: float = 300, **changed: Any) -> dict[str, Any]:
    """Send one request and return what CloudFormation hears."""
    properties = {"ProjectId": PROJECT, "StackNames": [STACK], **changed}
    more = {} if kind == "Create" else {"PhysicalResourceId": f"project-endpoints:{PROJECT}"}
    event = custom_resource_event(kind, "Custom::ProjectEndpoints", properties, **more)
    handle_request(event, FakeContext(left_seconds), world.tools())
    for stub in world.stubs.values():
        stub.assert_no_pending_responses()
    return world.answers[-1]


def stands(world: World, status: str, *, by_id: bool = True, reason: str = "") -> None:
    """The stack is described once."""
    stack = {"StackName": STACK, "StackId": STACK_ARN, "CreationTime": 0, "StackStatus": status}
    if reason:
        stack["StackStatusReason"] = reason
    world.stub("cloudformation").add_response(
        "describe_stacks", {"Stacks": [stack]}, {"StackName": STACK_ARN if by_id else STACK}
    )


def is_deleted(world: World) -> None:
    """The stack's deletion is asked for, by CloudFormation's own choice of the role."""
    world.stub("cloudformation").add_response("delete_stack", {}, {"StackName": STACK})


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_create_and_update_call_nothing(world: World, kind: str) -> None:
    answer = run(world, kind)
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == f"project-endpoints:{PROJECT}"
    assert world.stubs == {}


def test_the_stack_is_deleted_and_awaited(world: World) -> None:
    stands(world, "UPDATE_COMPLETE", by_id=False)
    is_deleted(world)
    stands(world, "DELETE_IN_PROGRESS")
    stands(world, "DELETE_COMPLETE")
    answer = run(world, "Delete")
    assert answer["Status"] == "SUCCESS"
    assert answer["Reason"] == f"The endpoint of stack {STACK} was deleted."
    assert world.time.slept == [5.0, 5.0]


def test_a_stack_that_never_was_is_passed_over(world: World) -> None:
    world.stub("cloudformation").add_client_error("describe_stacks", **GONE)
    answer = run(world, "Delete")
    assert answer["Status"] == "SUCCESS"
    assert answer["Reason"] == "No endpoint was left."


def test_a_deployment_under_way_is_awaited_first(world: World) -> None:
    stands(world, "UPDATE_IN_PROGRESS", by_id=False)
    stands(world, "UPDATE_ROLLBACK_COMPLETE")
    is_deleted(world)
    world.stub("cloudformation").add_client_error("describe_stacks", **GONE)
    assert run(world, "Delete")["Status"] == "SUCCESS"


def test_a_deletion_that_failed_before_is_asked_for_again(world: World) -> None:
    stands(world, "DELETE_FAILED", by_id=False)
    is_deleted(world)
    stands(world, "DELETE_COMPLETE")
    assert run(world, "Delete")["Status"] == "SUCCESS"


def test_a_stack_that_cannot_be_deleted_is_told(world: World) -> None:
    stands(world, "CREATE_COMPLETE", by_id=False)
    is_deleted(world)
    stands(world, "DELETE_FAILED", reason="The role is gone")
    answer = run(world, "Delete")
    assert answer["Status"] == "FAILED"
    assert f"AWS refused to delete stack {STACK} (The role is gone)" in answer["Reason"]


@pytest.mark.parametrize("operation", ["describe_stacks", "delete_stack"])
def test_a_refusal_is_told(world: World, operation: str) -> None:
    if operation == "delete_stack":
        stands(world, "CREATE_COMPLETE", by_id=False)
    world.stub("cloudformation").add_client_error(operation, "AccessDenied", "no right")
    answer = run(world, "Delete")
    assert answer["Status"] == "FAILED"
    assert "AccessDenied: no right" in answer["Reason"]


def test_too_little_time_is_told_with_what_to_do(world: World) -> None:
    stands(world, "CREATE_COMPLETE", by_id=False)
    is_deleted(world)
    answer = run(world, "Delete", left_seconds=18)
    assert answer["Status"] == "FAILED"
    assert "delete the stack again" in answer["Reason"]


def test_what_was_never_made_is_not_deleted(world: World) -> None:
    properties = {"ProjectId": PROJECT, "StackNames": [STACK]}
    event = custom_resource_event(
        "Delete", "Custom::ProjectEndpoints", properties, PhysicalResourceId="2026/11/x"
    )
    handle_request(event, FakeContext(), world.tools())
    assert world.answers[-1]["Status"] == "SUCCESS"
    assert world.stubs == {}


@pytest.mark.parametrize("names", [None, [], ["mlops-p-another00000-dev"]])
def test_stacks_of_others_are_refused(world: World, names: Any) -> None:
    answer = run(world, "Create", StackNames=names)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("The property StackNames ")


def test_an_endpoint_that_is_not_gone_in_time_is_named(world: World) -> None:
    stands(world, "CREATE_COMPLETE", by_id=False)
    is_deleted(world)
    stands(world, "DELETE_IN_PROGRESS")
    assert run(world, "Delete", left_seconds=20)["Reason"] == (
        f"The time did not suffice for deleting the endpoint's stack {STACK}, which is "
        "DELETE_IN_PROGRESS; delete the stack again, which goes on from there."
    )


@pytest.mark.parametrize(
    ("operation", "what"),
    [("describe_stacks", "to look at stack"), ("delete_stack", "to delete stack")],
)
def test_each_step_that_cloudformation_refuses_is_named(
    world: World, operation: str, what: str
) -> None:
    if operation == "delete_stack":
        stands(world, "CREATE_COMPLETE", by_id=False)
    world.stub("cloudformation").add_client_error(operation, "AccessDenied", "no right")
    assert run(world, "Delete")["Reason"] == (
        f"AWS refused {what} {STACK} (AccessDenied: no right); remove what it names, then delete "
        "the stack again."
    )


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_the_physical_id_is_that_of_the_project_from_the_first(world: World, kind: str) -> None:
    event = custom_resource_event(kind, "Custom::ProjectEndpoints", {"ProjectId": PROJECT})
    handle_request(event, FakeContext(), world.tools())
    told = world.answers[-1]
    assert (told["Status"], told["PhysicalResourceId"]) == (
        "FAILED",
        f"project-endpoints:{PROJECT}",
    )
