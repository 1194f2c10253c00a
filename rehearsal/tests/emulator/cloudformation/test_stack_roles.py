"""As which role CloudFormation works on a stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import (
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    policy,
    refusal,
    trust,
)

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


def test_a_stack_role_must_be_passed_and_assumable(aws: LocalAws) -> None:
    cloudformation = trust({"Service": "cloudformation.amazonaws.com"})
    good = aws.role("stack-role", cloudformation, allow("sqs:*"))
    other = aws.role("other-role", trust({"Service": "lambda.amazonaws.com"}))
    builder = aws.user("builder", allow("cloudformation:*"), allow("iam:PassRole", good))
    passer = aws.user("passer", allow("cloudformation:*"), allow("iam:PassRole"))
    assert "AccessDenied" in refusal(_create, aws=aws, keys=builder, name="s1", role_arn=other)
    assert "ValidationError" in refusal(_create, aws=aws, keys=passer, name="s2", role_arn=other)
    _create(aws, builder, "s3", good)
    assert aws.settled("s3")["StackStatus"] == "CREATE_COMPLETE"


def _create(aws: LocalAws, keys: Any, name: str, role_arn: str) -> None:
    template = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'
    aws.client("cloudformation", keys).create_stack(
        StackName=name, TemplateBody=template, RoleARN=role_arn
    )


def test_the_role_stays_with_the_stack(aws: LocalAws) -> None:
    """The root deletes, and yet CloudFormation works as the role."""
    role = aws.role("keeper", _CLOUDFORMATION, allow(_QUEUE_ACTIONS))
    aws.stack("kept-with-role", {"Q": _QUEUE}, RoleARN=role)
    without_deletion = [action for action in _QUEUE_ACTIONS if action != "sqs:DeleteQueue"]
    aws.client("iam").put_role_policy(
        RoleName="keeper", PolicyName="p", PolicyDocument=policy(allow(without_deletion))
    )
    assert aws.delete_stack("kept-with-role") == "DELETE_FAILED"
    assert "sqs:DeleteQueue" in aws.failures("kept-with-role")["Q"]


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


def test_a_stack_has_no_role_of_another_account(aws: LocalAws, other: LocalAws) -> None:
    service = {"Service": "cloudformation.amazonaws.com"}
    foreign = aws.role("stacks-of-first", trust(service), allow("*"))
    with pytest.raises(ClientError, match="iam:PassRole"):
        other.stack("foreign-role", {"T": {"Type": "AWS::SNS::Topic"}}, RoleARN=foreign)


def test_the_permissions_of_a_stack_are_those_of_a_role_in_its_account(other: LocalAws) -> None:
    service = {"Service": "cloudformation.amazonaws.com"}
    role = other.role("only-parameters", trust(service), allow("ssm:*"))
    parameter = {"Type": "String", "Value": "1", "Name": "/of-narrow-stack"}
    resources = {
        "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": parameter},
        "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": "Parameter"},
    }
    stack = other.stack("narrow", resources, RoleARN=role)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    denied = f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/only-parameters/AWSCloudFormation"
    assert denied in other.failures("narrow")["Topic"]
