"""Rules that run by themselves: their event, their permission and their dead letters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.conductor.clock_looks import look_now, scheduled_event, stop_looks
from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, LocalAws, allow, wait_for

_KEEPS = """
import boto3, json
def handle(event, context):
    name = "/kept/" + event["resources"][0].rpartition("/")[2]
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name=name, Value=json.dumps(event), Type="String", Overwrite=True)
"""


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A server of which a scheduled minute lasts a tenth of a second."""
    options = ("--seconds-per-scheduled-minute", "0.1")
    server = LocalAws(tmp_path_factory.mktemp("hurried") / "state", options=options).start()
    yield server
    assert server.stop() == 0


def _resources(
    *,
    permitted: bool,
    state: str = "ENABLED",
    rate: str = "10 minutes",
    **of_function: str,
) -> dict[str, Any]:
    dead, rule = {"Fn::GetAtt": ["Dead", "Arn"]}, {"Fn::GetAtt": ["Rule", "Arn"]}
    target = {
        "Id": "t",
        "Arn": {"Fn::GetAtt": ["Function", "Arn"]},
        "DeadLetterConfig": {"Arn": dead},
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": dead,
    }
    schedule = {"ScheduleExpression": f"rate({rate})", "State": state, "Targets": [target]}
    resources: dict[str, Any] = {
        "Role": role(allow("ssm:PutParameter")),
        "Function": function(_KEEPS, **of_function),
        "Dead": {"Type": "AWS::SQS::Queue"},
        "Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Dead"}],
                "PolicyDocument": {"Statement": [statement]},
            },
        },
        "Rule": {"Type": "AWS::Events::Rule", "Properties": schedule, "DependsOn": "Policy"},
    }
    if permitted:
        resources["Permission"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Action": "lambda:InvokeFunction",
                "Principal": "events.amazonaws.com",
                "SourceArn": rule,
            },
        }
    return resources


def _rule(aws: LocalAws, stack: str) -> str:
    return _physical_id(aws, stack, "Rule").rpartition("|")[2]


def _kept(aws: LocalAws, rule: str) -> tuple[int, dict[str, Any]]:
    """How many events of a rule arrived, and the last of them."""
    found = aws.client("ssm").get_parameters_by_path(Path="/kept")["Parameters"]
    of_rule = [parameter for parameter in found if parameter["Name"] == f"/kept/{rule}"]
    return (of_rule[0]["Version"], json.loads(of_rule[0]["Value"])) if of_rule else (0, {})


def _physical_id(aws: LocalAws, stack: str, logical_id: str) -> str:
    described = aws.client("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId=logical_id
    )
    return str(described["StackResourceDetail"]["PhysicalResourceId"])


def test_a_rate_sends_eventbridges_scheduled_event_over_and_over(hurried: LocalAws) -> None:
    hurried.stack("by-itself", _resources(permitted=True))
    rule = _rule(hurried, "by-itself")
    wait_for(lambda: _kept(hurried, rule)[0] > 1, what="the second event")
    assert hurried.delete_stack("by-itself") == "DELETE_COMPLETE"
    _count, event = _kept(hurried, rule)
    at = datetime.fromisoformat(event["time"])
    expected = scheduled_event(f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}", at)
    assert event == expected | {"id": event["id"]}
    assert expected["detail-type"] == "Scheduled Event"


def test_a_function_that_does_not_let_the_rule_in_is_not_invoked(hurried: LocalAws) -> None:
    hurried.stack("uninvited", _resources(permitted=False))
    url = _physical_id(hurried, "uninvited", "Dead")

    def letters() -> list[dict[str, Any]]:
        asked = {"QueueUrl": url, "MessageAttributeNames": ["All"]}
        found: list[dict[str, Any]] = (
            hurried.client("sqs").receive_message(**asked).get("Messages", [])
        )
        return found

    letter, *_ = wait_for(letters, what="a dead letter")
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert json.loads(letter["Body"])["detail-type"] == "Scheduled Event"
    assert hurried.delete_stack("uninvited") == "DELETE_COMPLETE"


def test_a_disabled_rule_waits_until_it_is_enabled(hurried: LocalAws) -> None:
    hurried.stack("disabled", _resources(permitted=True, state="DISABLED"))
    hurried.stack("enabled", _resources(permitted=True))  # as long as this one's event takes
    disabled, enabled = (_rule(hurried, stack) for stack in ("disabled", "enabled"))
    wait_for(lambda: _kept(hurried, enabled)[0], what="the rule that is enabled")
    assert hurried.delete_stack("enabled") == "DELETE_COMPLETE"
    assert _kept(hurried, disabled) == (0, {})
    hurried.client("events").enable_rule(Name=disabled)
    wait_for(lambda: _kept(hurried, disabled)[0], what="the other")
    assert hurried.delete_stack("disabled") == "DELETE_COMPLETE"


def test_trials_stop_the_looks_and_take_one_when_they_want_it(hurried: LocalAws) -> None:
    function = {"FunctionName": names.DISPATCH_FUNCTION}
    hurried.stack("dispatch", _resources(permitted=True, rate="30 days", **function))
    rule = _rule(hurried, "dispatch")
    stop_looks(hurried.client)
    assert hurried.client("events").describe_rule(Name=rule)["State"] == "DISABLED"
    at = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
    assert look_now(hurried.client, at) == (True, "null")
    assert _kept(hurried, rule)[1]["time"] == "2026-11-26T08:30:00Z"
    assert hurried.delete_stack("dispatch") == "DELETE_COMPLETE"
