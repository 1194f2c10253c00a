"""Rules that run by themselves: their event, their permission and their dead letters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, LocalAws, allow, wait_for

_KEEPS = """
import boto3, json
def handle(event, context):
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name="/kept/" + event["id"], Value=json.dumps(event), Type="String")
"""


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A server of which a scheduled minute lasts a fiftieth of a second."""
    options = ("--seconds-per-scheduled-minute", "0.02")
    server = LocalAws(tmp_path_factory.mktemp("hurried") / "state", options=options).start()
    yield server
    assert server.stop() == 0


def _resources(*, permitted: bool, state: str = "ENABLED") -> dict[str, Any]:
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
    schedule = {"ScheduleExpression": "rate(10 minutes)", "State": state, "Targets": [target]}
    resources: dict[str, Any] = {
        "Role": role(allow("ssm:PutParameter")),
        "Function": function(_KEEPS),
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


def _kept(aws: LocalAws) -> list[dict[str, Any]]:
    found = aws.client("ssm").get_parameters_by_path(Path="/kept")["Parameters"]
    return [json.loads(parameter["Value"]) for parameter in found]


def _physical_id(aws: LocalAws, stack: str, logical_id: str) -> str:
    described = aws.client("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId=logical_id
    )
    return str(described["StackResourceDetail"]["PhysicalResourceId"])


def test_a_rate_sends_eventbridges_scheduled_event_over_and_over(hurried: LocalAws) -> None:
    hurried.stack("by-itself", _resources(permitted=True))
    first, *_ = wait_for(lambda: found if len(found := _kept(hurried)) > 2 else [], what="3 events")
    rule = _physical_id(hurried, "by-itself", "Rule").rpartition("|")[2]
    assert first | {"id": "", "time": ""} == {
        "version": "0",
        "id": "",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "",
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"],
        "detail": {},
    }
    assert hurried.delete_stack("by-itself") == "DELETE_COMPLETE"


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
    before = {event["id"] for event in _kept(hurried)}
    hurried.stack("disabled", _resources(permitted=True, state="DISABLED"))
    other = hurried.stack("enabled", _resources(permitted=True))  # as long as both are watched
    assert other["StackStatus"] == "CREATE_COMPLETE"

    def sources() -> set[str]:
        return {
            event["resources"][0] for event in _kept(hurried) if event["id"] not in before
        }  # fmt: skip

    wait_for(sources, what="the rule that is enabled")
    rule = _physical_id(hurried, "disabled", "Rule").rpartition("|")[2]
    assert not [arn for arn in sources() if arn.endswith(f"rule/{rule}")]
    hurried.client("events").enable_rule(Name=rule)
    wait_for(lambda: any(arn.endswith(f"rule/{rule}") for arn in sources()), what="the other")
