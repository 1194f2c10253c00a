"""EventBridge to Lambda: permission, dead letters, retries and the failure destination."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import LocalAws, wait_for

_FAILS = """
import boto3
def handle(event, context):
    ssm = boto3.client("ssm")
    name = "/attempts/" + event["id"]
    try:
        count = int(ssm.get_parameter(Name=name)["Parameter"]["Value"]) + 1
    except ssm.exceptions.ParameterNotFound:
        count = 1
    ssm.put_parameter(Name=name, Value=str(count), Type="String", Overwrite=True)
    raise RuntimeError("never works")
"""
_QUEUE = {"Type": "AWS::SQS::Queue"}
_SSM = {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}


def _resources(source: str, *, permitted: bool, may_send: bool) -> dict[str, Any]:
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    dead = {"Fn::GetAtt": ["Dead", "Arn"]}
    failed = {"Destination": {"Fn::GetAtt": ["Failed", "Arn"]}}
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
        "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}},
    }
    resources = {
        "Role": role(_SSM, send) if may_send else role(_SSM),
        "Function": function(_FAILS),
        "Dead": _QUEUE,
        "Failed": _QUEUE,
        "Rule": _typed("AWS::Events::Rule", EventPattern={"source": [source]}, Targets=[target]),
        "Policy": _typed(
            "AWS::SQS::QueuePolicy",
            Queues=[{"Ref": "Dead"}],
            PolicyDocument={"Statement": [statement]},
        ),
        "Retries": _typed(
            "AWS::Lambda::EventInvokeConfig",
            FunctionName={"Ref": "Function"},
            Qualifier="$LATEST",
            MaximumRetryAttempts=2,
            DestinationConfig={"OnFailure": failed},
        ),
    }
    if permitted:
        resources["Permission"] = _typed(
            "AWS::Lambda::Permission",
            FunctionName={"Ref": "Function"},
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn={"Fn::GetAtt": ["Rule", "Arn"]},
        )
    return resources


def test_a_failing_function_is_tried_three_times_then_its_destination_is_told(
    aws: LocalAws,
) -> None:
    queues = _deploy(aws, "retried", permitted=True, may_send=True)
    _put_event(aws, "retried")
    body = _message(aws, queues["Failed"])
    content = json.loads(body["Body"])
    assert content["requestContext"]["condition"] == "RetriesExhausted"
    assert content["requestPayload"]["source"] == "retried"
    assert "never works" in json.dumps(content["responsePayload"])
    name = f"/attempts/{content['requestPayload']['id']}"
    assert aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "3"
    assert _count(aws, queues["Dead"]) == 0


def test_an_event_that_may_not_reach_the_function_is_a_dead_letter(aws: LocalAws) -> None:
    queues = _deploy(aws, "forbidden", permitted=False, may_send=True)
    _put_event(aws, "forbidden")
    message = _message(aws, queues["Dead"])
    assert json.loads(message["Body"])["source"] == "forbidden"
    attributes = message["MessageAttributes"]
    assert attributes["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert ":rule/" in attributes["RULE_ARN"]["StringValue"]
    assert _count(aws, queues["Failed"]) == 0


def test_a_destination_needs_a_permission_of_the_functions_role(aws: LocalAws) -> None:
    queues = _deploy(aws, "mute", permitted=True, may_send=False)
    _put_event(aws, "mute")
    wait_for(lambda: "may not send to" in aws.log.read_text(), what="the lost event")
    assert _count(aws, queues["Failed"]) == 0


@pytest.mark.parametrize("allowed", [True, False])
def test_a_queue_gets_events_if_its_policy_allows_the_rule(aws: LocalAws, allowed: bool) -> None:
    name = f"to-queue-{allowed}".lower()
    arn = {"Fn::GetAtt": ["Queue", "Arn"]}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    resources = {
        "Queue": _QUEUE,
        "Rule": _typed(
            "AWS::Events::Rule",
            EventPattern={"source": [name]},
            Targets=[{"Id": "t", "Arn": arn}],
        ),
    }
    if allowed:
        resources["Policy"] = _typed(
            "AWS::SQS::QueuePolicy",
            Queues=[{"Ref": "Queue"}],
            PolicyDocument={"Statement": [statement]},
        )
    aws.stack(name, resources)
    _put_event(aws, name)
    queue = _queues(aws, name)["Queue"]
    assert _count(aws, queue) == (1 if allowed else 0)


def _typed(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def _deploy(aws: LocalAws, name: str, *, permitted: bool, may_send: bool) -> dict[str, str]:
    stack = aws.stack(name, _resources(name, permitted=permitted, may_send=may_send))
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.failures(name)
    return _queues(aws, name)


def _queues(aws: LocalAws, name: str) -> dict[str, str]:
    resources = aws.client("cloudformation").describe_stack_resources(StackName=name)
    return {
        r["LogicalResourceId"]: r["PhysicalResourceId"]
        for r in resources["StackResources"]
        if r["ResourceType"] == "AWS::SQS::Queue"
    }


def _put_event(aws: LocalAws, source: str) -> None:
    entry = {"Source": source, "DetailType": "t", "Detail": "{}"}
    assert aws.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def _message(aws: LocalAws, queue: str) -> dict[str, Any]:
    sqs = aws.client("sqs")
    found: dict[str, Any] = wait_for(
        lambda: sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"]).get("Messages"),
        what="a message",
    )[0]
    return found


def _count(aws: LocalAws, queue: str) -> int:
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])
