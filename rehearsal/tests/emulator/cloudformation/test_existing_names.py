"""Names that are taken."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, trust


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::IAM::Role", {"RoleName": "taken", "AssumeRolePolicyDocument": {"Statement": []}}),
        ("AWS::SecretsManager::Secret", {"Name": "taken", "SecretString": "b"}),
        ("AWS::SSM::Parameter", {"Name": "/taken", "Type": "String", "Value": "b"}),
        ("AWS::Logs::LogGroup", {"LogGroupName": "taken"}),
        ("AWS::S3::Bucket", {"BucketName": "taken-name"}),
        ("AWS::SQS::Queue", {"QueueName": "taken"}),
        ("AWS::Lambda::Function", {}),
        ("AWS::IAM::OIDCProvider", {"Url": "https://taken.example"}),
        (
            "AWS::DynamoDB::Table",
            {
                "TableName": "taken",
                "AttributeDefinitions": [{"AttributeName": "Id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        ),
        ("AWS::KMS::Alias", {"AliasName": "alias/taken", "TargetKeyId": {"Ref": "Key"}}),
    ],
)
def test_a_taken_name_fails_the_resource(
    aws: LocalAws, kind: str, properties: dict[str, Any]
) -> None:
    suffix = kind.split("::")[-1]
    resource: dict[str, Any] = {"Type": kind, "Properties": properties}
    if kind == "AWS::Lambda::Function":
        resource = function("", FunctionName="taken", Code={"ZipFile": "def handle(*_): pass"})
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": []}}}
    resources = {"Role": role(), "Key": key, "R": resource}
    assert aws.stack(f"first-{suffix}", resources)["StackStatus"] == "CREATE_COMPLETE"
    assert aws.stack(f"second-{suffix}", resources)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert aws.delete_stack(f"first-{suffix}") == "DELETE_COMPLETE"


def test_a_taken_name_is_told_before_what_else_is_wrong(aws: LocalAws) -> None:
    aws.role("taken-first", trust({"AWS": ACCOUNT}))
    bounded = {
        "RoleName": "taken-first",
        "AssumeRolePolicyDocument": {"Statement": []},
        "PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/missing",
    }
    code = {"FunctionName": "taken-first", "Code": {"ZipFile": "def handle(*_): pass"}}
    aws.stack("rightly-named", {"Role": role(), "F": function("", **code)})
    aws.stack("doubly-wrong", {"R": {"Type": "AWS::IAM::Role", "Properties": bounded}})
    old = function("", **code, Runtime="python2.7")
    aws.stack("doubly-wrong-too", {"Role": role(), "F": old})
    assert "Role with name taken-first already exists" in aws.failures("doubly-wrong")["R"]
    assert "Function already exist: taken-first" in aws.failures("doubly-wrong-too")["F"]
