"""One local AWS for all tests here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import OTHER_ACCOUNT, LocalAws, allow

_ARN = "arn:aws:{}:eu-west-1:111122223333:{}"
_CALLER = """
import boto3, json
def handle(event, context):
    try:
        answer = getattr(boto3.client(event["service"]), event["call"])(**event["arguments"])
        answer.pop("ResponseMetadata")
        return {"answer": json.loads(json.dumps(answer, default=str))}
    except Exception as error:
        return {"error": str(error)}
"""


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path_factory.mktemp("aws") / "state").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def other(aws: LocalAws) -> LocalAws:
    """The same server as another account sees it."""
    return aws.of_account(OTHER_ACCOUNT)


@pytest.fixture(scope="session")
def call(aws: LocalAws) -> Any:
    """Calls AWS inside a function whose role may do what the template's functions may."""
    namespace = {"StringEquals": {"cloudwatch:namespace": "Ours"}}
    items = [f"dynamodb:{verb}Item" for verb in ("Delete", "Get", "Put", "Update")]
    parameters = _ARN.format("ssm", "parameter/ours")
    stacks = ["cloudformation:DeleteStack", "cloudformation:DescribeStacks"]
    statements = [
        allow(stacks, _ARN.format("cloudformation", "stack/mlops-p-*-dev/*")),
        allow(items, _ARN.format("dynamodb", "table/claims")),
        {**allow("ssm:GetParametersByPath"), "Resource": [parameters, f"{parameters}/*"]},
        {**allow("cloudwatch:PutMetricData"), "Condition": namespace},
    ]
    table = {
        "TableName": "claims",
        "AttributeDefinitions": [{"AttributeName": "ModelPackageArn", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "ModelPackageArn", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
        "TimeToLiveSpecification": {"AttributeName": "ExpiresAt", "Enabled": True},
    }
    resources = {
        "Role": role(*statements),
        "Function": function(_CALLER, FunctionName="caller"),
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
    }
    assert aws.stack("caller", resources)["StackStatus"] == "CREATE_COMPLETE"

    def call(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        request = json.dumps({"service": service, "call": operation, "arguments": arguments})
        answer = aws.client("lambda").invoke(FunctionName="caller", Payload=request)
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    return call
