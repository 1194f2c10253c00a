"""CloudFormation needs the permissions of whom it acts as, for each resource of a stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.aws.local_aws import LocalAws, allow, policy, trust

_CLOUDFORMATION = trust({"Service": "cloudformation.amazonaws.com"})
_QUEUE = {"Type": "AWS::SQS::Queue"}
_QUEUE_ACTIONS = [
    "sqs:CreateQueue",
    "sqs:DeleteQueue",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ListQueueTags",
    "sqs:TagQueue",
]
_BUCKET = {
    "Type": "AWS::S3::Bucket",
    "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
}
_BUCKET_ACTIONS = [
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:ListBucket",
    "s3:ListTagsForResource",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:TagResource",
    "s3:UntagResource",
]


def _named(name: str) -> dict[str, Any]:
    return {**_BUCKET, "Properties": {**_BUCKET["Properties"], "BucketName": name}}


def test_each_action_that_the_registry_names_is_needed(aws: LocalAws) -> None:
    for number, missing in enumerate(("s3:CreateBucket", "s3:PutBucketVersioning")):
        name = f"narrow-{number}"
        actions = [action for action in _BUCKET_ACTIONS if action != missing]
        role = aws.role(name, _CLOUDFORMATION, allow(actions, f"arn:aws:s3:::{name}"))
        assert aws.stack(name, {"B": _named(name)}, RoleARN=role)["StackStatus"] == (
            "ROLLBACK_COMPLETE"
        )
        reason = aws.failures(name)["B"]
        assert f"assumed-role/{name}/AWSCloudFormation is not authorized" in reason
        assert f"perform: {missing} on resource: arn:aws:s3:::{name} because" in reason


def test_a_sufficient_role_makes_and_deletes(aws: LocalAws) -> None:
    role = aws.role("enough", _CLOUDFORMATION, allow(_BUCKET_ACTIONS, "arn:aws:s3:::enough"))
    assert aws.stack("enough", {"B": _named("enough")}, RoleARN=role)["StackStatus"] == (
        "CREATE_COMPLETE"
    )
    assert aws.delete_stack("enough") == "DELETE_COMPLETE"


def test_the_arn_counts(aws: LocalAws) -> None:
    role = aws.role("elsewhere", _CLOUDFORMATION, allow("s3:*", "arn:aws:s3:::other"))
    stack = aws.stack("elsewhere", {"B": _named("elsewhere")}, RoleARN=role)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"


def test_the_role_stays_with_the_stack(aws: LocalAws) -> None:
    """The root deletes, and yet CloudFormation works as the role."""
    role = aws.role("keeper", _CLOUDFORMATION, allow(_QUEUE_ACTIONS))
    aws.stack("kept", {"Q": _QUEUE}, RoleARN=role)
    without_deletion = [action for action in _QUEUE_ACTIONS if action != "sqs:DeleteQueue"]
    aws.client("iam").put_role_policy(
        RoleName="keeper", PolicyName="p", PolicyDocument=policy(allow(without_deletion))
    )
    assert aws.delete_stack("kept") == "DELETE_FAILED"
    assert "sqs:DeleteQueue" in aws.failures("kept")["Q"]


def test_a_change_set_works_as_its_role(aws: LocalAws) -> None:
    role = aws.role("changer", _CLOUDFORMATION)
    cloudformation = aws.client("cloudformation")
    cloudformation.create_change_set(
        StackName="changed",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": {"Q": _QUEUE}}),
        RoleARN=role,
    )
    cloudformation.execute_change_set(StackName="changed", ChangeSetName="first")
    assert aws.settled("changed")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "sqs:CreateQueue" in aws.failures("changed")["Q"]


def test_without_a_role_it_works_as_the_caller(aws: LocalAws) -> None:
    keys = aws.user("caller", allow("cloudformation:*"))
    aws.client("cloudformation", keys).create_stack(
        StackName="callers", TemplateBody=json.dumps({"Resources": {"Q": _QUEUE}})
    )
    assert aws.settled("callers")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert (
        "user/caller is not authorized to perform: sqs:CreateQueue"
        in (aws.failures("callers")["Q"])
    )


def test_a_custom_resource_needs_its_function(aws: LocalAws) -> None:
    role = aws.role("inviter", _CLOUDFORMATION)
    custom = {
        "Type": "Custom::Thing",
        "Properties": {"ServiceToken": "arn:aws:lambda:eu-west-1:111122223333:function:thing"},
    }
    stack = aws.stack("custom", {"C": custom}, RoleARN=role)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "lambda:InvokeFunction on resource: arn:aws:lambda" in aws.failures("custom")["C"]


def test_the_boundary_of_a_role_is_kept_and_asked_for(aws: LocalAws) -> None:
    arn = aws.client("iam").create_policy(
        PolicyName="boundary", PolicyDocument=policy(allow("s3:ListAllMyBuckets"))
    )["Policy"]["Arn"]
    maker = aws.role(
        "maker",
        _CLOUDFORMATION,
        {
            **allow("iam:*", "arn:aws:iam::*:role/made-*"),
            "Condition": {"StringEquals": {"iam:PermissionsBoundary": arn}},
        },
        allow(["iam:GetRole*", "iam:List*", "iam:DeleteRole", "iam:*Tag*"]),
    )
    for name, boundary, status in (
        ("made-free", {}, "ROLLBACK_COMPLETE"),
        ("made-bounded", {"PermissionsBoundary": arn}, "CREATE_COMPLETE"),
    ):
        role = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": name,
                "AssumeRolePolicyDocument": json.loads(policy(_CLOUDFORMATION)),
                "Policies": [
                    {"PolicyName": "all", "PolicyDocument": json.loads(policy(allow("*")))}
                ],
                **boundary,
            },
        }
        assert aws.stack(name, {"R": role}, RoleARN=maker)["StackStatus"] == status
    stack = aws.stack(
        "bounded-work", {"Q": _QUEUE}, RoleARN="arn:aws:iam::111122223333:role/made-bounded"
    )
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"


def test_a_variable_stands_for_the_tag_of_the_caller(aws: LocalAws) -> None:
    iam = aws.client("iam")
    keys = aws.user("tagged", allow("s3:CreateBucket", "arn:aws:s3:::${aws:PrincipalTag/team}-x"))
    s3 = aws.client("s3", keys)
    where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.create_bucket(Bucket="red-x", **where)
    iam.tag_user(UserName="tagged", Tags=[{"Key": "team", "Value": "red"}])
    s3.create_bucket(Bucket="red-x", **where)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.create_bucket(Bucket="blue-x", **where)
