"""Lambda functions for the tests, as CloudFormation resources with inline code."""

from __future__ import annotations

from typing import Any

ANSWER = """
import json, urllib.request
def answer(event, status="SUCCESS", **more):
    body = {"Status": status, "PhysicalResourceId": "thing", **more}
    body |= {k: event[k] for k in ("StackId", "RequestId", "LogicalResourceId")}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(body).encode(), method="PUT")
    urllib.request.urlopen(request)
"""


def role(*statements: dict[str, Any]) -> dict[str, Any]:
    """A role for functions."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": policies if statements else [],
        },
    }


def function(code: str, **properties: Any) -> dict[str, Any]:
    """A function `index.handle` with the role of the logical id `Role`."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handle",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": code},
            "Timeout": 10,
            **properties,
        },
    }


def custom_resource(timeout_seconds: int = 10, **properties: Any) -> dict[str, Any]:
    """A custom resource that the function `Function` provides."""
    token = {"Fn::GetAtt": ["Function", "Arn"]}
    return {
        "Type": "Custom::Thing",
        "Properties": {"ServiceToken": token, "ServiceTimeout": timeout_seconds, **properties},
    }
