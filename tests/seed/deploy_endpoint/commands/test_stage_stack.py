"""Against clients that botocore's Stubber checks with the service model."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from deploy_endpoint.commands.stage_stack import Earlier, StageStack
from deploy_endpoint.errors import AwsCallError, EndpointError

from ..conftest import ACCOUNT, ARN, Stub, run_command

NAME = "mlops-p-abcdef123456-dev"
ID = {"StackName": NAME}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/mlops-p-abcdef123456-cloudformation-dev"
TAGS = [{"Key": "mlops:stage", "Value": "dev"}]
TIME = datetime(2026, 11, 1, tzinfo=UTC)
TEMPLATE = {"Resources": {"Model": {"Type": "AWS::SageMaker::Model"}}}
CONFIG = "EndpointConfig-1"
OUTPUTS = {"EndpointConfigName": CONFIG, "ModelPackageArn": ARN}
EARLIER = Earlier(event="event-1", template=json.dumps(TEMPLATE), tags=TAGS, outputs=OUTPUTS)
OTHER = ARN.replace("/7", "/8")

Answers = tuple[StageStack, Stubber]


@pytest.fixture
def cloudformation(stub: Stub) -> Answers:
    client, stubber = stub("cloudformation")
    return StageStack(client, NAME), stubber


def add_stack(stubber: Stubber, status: str, served: str = ARN, name: str = NAME) -> None:
    asked = {"StackName": name}
    stack = {
        **asked,
        "CreationTime": TIME,
        "StackStatus": status,
        "RoleARN": ROLE,
        "Tags": TAGS,
        "Outputs": [
            {"OutputKey": "EndpointConfigName", "OutputValue": CONFIG},
            {"OutputKey": "ModelPackageArn", "OutputValue": served},
        ],
    }
    stubber.add_response("describe_stacks", {"Stacks": [stack]}, asked)


def add_absence(stubber: Stubber, method: str = "describe_stacks") -> None:
    said = f"Stack with id {NAME} does not exist"
    stubber.add_client_error(method, "ValidationError", said, expected_params=ID)


def event(number: int, status: str, reason: str = "") -> dict[str, Any]:
    return {
        **ID,
        "StackId": NAME,
        "EventId": f"event-{number}",
        "Timestamp": TIME,
        "LogicalResourceId": "Endpoint",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def add_events(stubber: Stubber, *events: dict[str, Any]) -> None:
    stubber.add_response("describe_stack_events", {"StackEvents": list(events)}, ID)


def add_update(stubber: Stubber) -> None:
    wanted = {**ID, "TemplateBody": EARLIER.template, "Tags": TAGS}
    stubber.add_response("update_stack", {"StackId": NAME}, wanted)


def add_removal(stubber: Stubber) -> None:
    add_stack(stubber, "ROLLBACK_COMPLETE")
    stubber.add_response("delete_stack", {}, ID)
    add_absence(stubber)


def test_where_no_stack_is_nothing_is_kept(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    add_absence(stubber)
    add_absence(stubber, "describe_stack_events")
    assert stack.save() == Earlier(event="")


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED", "DELETE_FAILED"])
def test_what_never_served_is_not_kept(cloudformation: Answers, status: str) -> None:
    stack, stubber = cloudformation
    add_stack(stubber, status)
    add_events(stubber, event(1, status))
    assert stack.save() == Earlier(event="event-1")


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]
)
def test_what_serves_is_kept(cloudformation: Answers, status: str) -> None:
    stack, stubber = cloudformation
    add_stack(stubber, status)
    add_events(stubber, event(1, status), event(0, "UPDATE_FAILED"))
    stubber.add_response("get_template", {"TemplateBody": EARLIER.template}, ID)
    assert stack.save() == EARLIER


def test_a_stack_that_failed_half_way_is_no_way_back(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    add_stack(stubber, "UPDATE_FAILED")
    add_events(stubber, event(1, "UPDATE_FAILED"))
    with pytest.raises(EndpointError) as error:
        stack.save()
    assert str(error.value) == (
        f"Stack {NAME} is UPDATE_FAILED, so nothing can be deployed; help it there in "
        "CloudFormation, then run this again."
    )


def test_a_refusal_is_not_an_absence(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    stubber.add_client_error("describe_stacks", "AccessDenied", "No.")
    with pytest.raises(AwsCallError, match=f"^AWS refused to describe stack {NAME}: AccessDenied"):
        stack.describe()


def add_template(stubber: Stubber, template: dict[str, Any]) -> None:
    stubber.add_response("get_template", {"TemplateBody": json.dumps(template)}, ID)


def test_the_kept_template_comes_back(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    add_template(stubber, {"Resources": {}})
    add_update(stubber)
    add_stack(stubber, "UPDATE_COMPLETE")
    assert stack.restore(EARLIER, ROLE) == f"Stack {NAME} has its earlier version again."


def test_a_stack_that_rolled_back_by_itself_is_left_alone(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    add_template(stubber, TEMPLATE)
    assert stack.restore(EARLIER, ROLE) == f"Stack {NAME} has its earlier version already."


def test_another_refusal_of_the_update_is_told(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    add_template(stubber, {"Resources": {}})
    stubber.add_client_error("update_stack", "ValidationError", "It cannot be updated.")
    with pytest.raises(AwsCallError, match=f"refused to update stack {NAME}: Val.*, It cannot be"):
        stack.restore(EARLIER, ROLE)


def test_a_restoration_that_fails_is_told(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    add_template(stubber, {"Resources": {}})
    add_update(stubber)
    add_stack(stubber, "UPDATE_ROLLBACK_COMPLETE")
    with pytest.raises(EndpointError, match=f"^Stack {NAME} did not come to stack_update_complete"):
        stack.restore(EARLIER, ROLE)


def test_a_first_deployment_that_failed_leaves_no_endpoint(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    add_removal(stubber)
    assert stack.restore(Earlier(event=""), ROLE) == f"Stack {NAME} is removed."


def test_nothing_is_removed_twice(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    add_absence(stubber)
    assert stack.remove() == f"There is no stack {NAME}, so nothing is left to remove."


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([event(2, "UPDATE_FAILED", "The ping failed")], "Endpoint: The ping failed"),
        (
            [
                event(4, "UPDATE_FAILED", "Resource update cancelled"),
                event(3, "UPDATE_FAILED", "The ping failed"),
                event(2, "UPDATE_IN_PROGRESS"),
            ],
            "Endpoint: The ping failed",
        ),
        ([event(2, "UPDATE_COMPLETE")], ""),
        ([event(1, "CREATE_FAILED", "of an earlier run")], ""),
    ],
)
def test_the_cause_is_the_newest_failure_since_the_stack_was_saved(
    cloudformation: Answers, events: list[dict[str, Any]], reason: str
) -> None:
    stack, stubber = cloudformation
    add_events(stubber, *events, event(1, "CREATE_FAILED", "of an earlier run"))
    assert stack.failure("event-1") == reason


def test_what_is_said_of_the_whole_stack_is_no_cause(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    which = "The following resource(s) failed to update: [Endpoint]."
    of_all = event(3, "UPDATE_ROLLBACK_FAILED", which) | {
        "LogicalResourceId": NAME,
        "PhysicalResourceId": NAME,
    }
    add_events(stubber, of_all, event(2, "UPDATE_FAILED", "why"), event(1, "UPDATE_COMPLETE"))
    assert stack.failure("event-1") == "Endpoint: why"


def test_where_no_stack_is_nothing_failed(cloudformation: Answers) -> None:
    stack, stubber = cloudformation
    add_absence(stubber, "describe_stack_events")
    assert stack.failure("") == ""


Command = Callable[..., dict[str, str]]


@pytest.fixture
def command(
    repository: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> tuple[Command, Stubber]:
    """Runs the command with a stubbed CloudFormation; returns what it hands on."""
    client, stubber = stub("cloudformation")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    outputs = repository / "outputs"
    outputs.touch()
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))

    def run(*arguments: str) -> dict[str, str]:
        run_command("stage_stack", *arguments)
        return dict(line.split("=", 1) for line in outputs.read_text().splitlines())

    return run, stubber


@pytest.mark.parametrize("verb", ["save", "remove"])
def test_what_was_replaced_already_is_not_replaced_again(
    command: tuple[Command, Stubber],
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    verb: str,
) -> None:
    run, stubber = command
    add_stack(stubber, "UPDATE_COMPLETE", served=OTHER)
    assert run(verb, "--instead-of", ARN) == {"served": OTHER, "stale": "true"}
    assert f"The stage serves {OTHER} and no longer {ARN}" in capsys.readouterr().out
    assert not (repository / "earlier.json").exists()


def test_a_stage_that_serves_nothing_any_more_is_left_alone(
    command: tuple[Command, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    run, stubber = command
    add_absence(stubber)
    assert run("remove", "--instead-of", ARN) == {"served": "", "stale": "true"}
    assert "The stage serves nothing and no longer" in capsys.readouterr().out


@pytest.mark.parametrize("wish", [("--instead-of", ARN), ()])
def test_what_is_served_still_is_removed(
    command: tuple[Command, Stubber], wish: tuple[str, ...]
) -> None:
    run, stubber = command
    add_stack(stubber, "UPDATE_COMPLETE")
    add_removal(stubber)
    assert run("remove", *wish) == {"served": ARN, "touched": "true"}


def test_only_the_removal_takes_a_stage_that_is_not_listed(
    command: tuple[Command, Stubber],
) -> None:
    run, stubber = command
    for _ in ("looks whether it is here", "asks what it serves"):
        add_stack(stubber, "UPDATE_COMPLETE", served=OTHER, name=NAME.replace("-dev", "-prod"))
    assert run("remove", "--stage", "prod", "--instead-of", ARN)["stale"] == "true"
    with pytest.raises(SystemExit, match="has no stage 'prod'; add it"):
        run("save", "--stage", "prod")


def test_a_stage_that_is_not_listed_may_be_in_an_account_that_nobody_names(
    command: tuple[Command, Stubber],
) -> None:
    run, stubber = command
    prod = NAME.replace("-dev", "-prod")
    stubber.add_client_error(
        "describe_stacks", "ValidationError", f"Stack with id {prod} does not exist"
    )
    with pytest.raises(SystemExit, match="if it lies in an account of its own, add it with that"):
        run("remove", "--stage", "prod", "--instead-of", ARN)


def test_nothing_is_restored_without_the_file(command: tuple[Command, Stubber]) -> None:
    run, _ = command
    with pytest.raises(SystemExit, match=r"^error: There is no earlier\.json, which tells what"):
        run("restore")


def test_a_refusal_is_handed_on(command: tuple[Command, Stubber], repository: Path) -> None:
    run, stubber = command
    stubber.add_client_error("describe_stacks", "AccessDenied", "No.")
    with pytest.raises(SystemExit):
        run("save")
    reason = f"reason=AWS refused to describe stack {NAME}: AccessDenied, No.\n"
    assert (repository / "outputs").read_text() == reason
