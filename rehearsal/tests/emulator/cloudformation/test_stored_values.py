"""A value that a stack takes from Parameter Store is read as whom CloudFormation acts as."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.tests.emulator.local_aws import LocalAws, allow, policy, refusal, trust

_NAME = "/told/name"
_TEMPLATE = {
    "Parameters": {"Told": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": _NAME}},
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Told"}}}
    },
}


def test_a_stored_value_is_read_with_the_roles_permission(aws: LocalAws) -> None:
    aws.client("ssm").put_parameter(Name=_NAME, Value="told-topic", Type="String")
    trusting = trust({"Service": "cloudformation.amazonaws.com"})
    reads_nothing = {**allow("ssm:GetParameters"), "Effect": "Deny"}
    role = aws.role("reads-no-value", trusting, allow("*"), reads_nothing)
    cloudformation = aws.client("cloudformation")
    about: dict[str, Any] = {
        "StackName": "stored-value",
        "TemplateBody": json.dumps(_TEMPLATE),
        "RoleARN": role,
    }
    arn = f"arn:aws:ssm:eu-west-1:111122223333:parameter{_NAME}"
    said = refusal(cloudformation.create_stack, **about)
    assert f"is not authorized to perform: ssm:GetParameters on resource: {arn}" in said
    aws.client("iam").put_role_policy(
        RoleName="reads-no-value", PolicyName="p", PolicyDocument=policy(allow("*"))
    )
    cloudformation.create_stack(**about)
    assert aws.settled("stored-value")["StackStatus"] == "CREATE_COMPLETE"
