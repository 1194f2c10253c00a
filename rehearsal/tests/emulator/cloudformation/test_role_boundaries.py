"""The permissions boundary of a template's role."""

from __future__ import annotations

import json

from rehearsal.tests.emulator.local_aws import LocalAws, allow, policy, trust

_CLOUDFORMATION = trust({"Service": "cloudformation.amazonaws.com"})

_QUEUE = {"Type": "AWS::SQS::Queue"}


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
