"""A custom resource whose function notes each request, and what became of its stack."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.tests.emulator.functions import ANSWER, function, role
from rehearsal.tests.emulator.local_aws import LocalAws, allow

# Notes each request in a parameter: kind, logical id, physical id and the stack's status.
RECORD = (
    ANSWER
    + """
import boto3, os, signal
ssm = boto3.client("ssm")
def note(event):
    name = event["StackId"].split("/")[1]
    stacks = boto3.client("cloudformation").describe_stacks(StackName=event["StackId"])["Stacks"]
    words = [event["RequestType"], event["LogicalResourceId"], event.get("PhysicalResourceId", "-"),
             event["ResourceProperties"].get("Name", "-"), stacks[0]["StackStatus"]]
    number = len(ssm.get_parameters_by_path(Path=f"/notes/{name}")["Parameters"])
    ssm.put_parameter(Name=f"/notes/{name}/{number:03}", Value=" ".join(words), Type="String")
    return number
"""
)
MAY = [allow(["ssm:*", "cloudformation:DescribeStacks"])]


def provider(body: str) -> dict[str, Any]:
    code = RECORD + "def handle(event, context):\n    number = note(event)\n" + body
    return {"Role": role(*MAY), "Function": function(code)}


def notes(aws: LocalAws, stack: str) -> list[str]:
    pages = aws.client("ssm").get_paginator("get_parameters_by_path")
    found = [p for page in pages.paginate(Path=f"/notes/{stack}") for p in page["Parameters"]]
    return [p["Value"] for p in sorted(found, key=lambda p: str(p["Name"]))]


def update(aws: LocalAws, name: str, resources: dict[str, Any]) -> str:
    aws.client("cloudformation").update_stack(
        StackName=name,
        TemplateBody=json.dumps({"Resources": resources}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return str(aws.settled(name)["StackStatus"])


def events(aws: LocalAws, name: str) -> list[tuple[str, str, str]]:
    events = aws.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [
        (e["LogicalResourceId"], e["ResourceStatus"], e.get("ResourceStatusReason", ""))
        for e in reversed(events)
    ]
