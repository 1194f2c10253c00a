"""CloudFormation needs the permissions of whom it acts as, for each resource of a stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, allow, policy, trust

_CLOUDFORMATION = trust({"Service": "cloudformation.amazonaws.com"})
_BUCKET = {
    "Type": "AWS::S3::Bucket",
    "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
}
_BUCKET_ACTIONS = [
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:GetAccelerateConfiguration",
    "s3:GetAnalyticsConfiguration",
    "s3:GetBucketAbac",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketMetadataTableConfiguration",
    "s3:GetBucketNotification",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetIntelligentTieringConfiguration",
    "s3:GetInventoryConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetMetricsConfiguration",
    "s3:GetReplicationConfiguration",
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
    for number, missing in enumerate(
        ("s3:CreateBucket", "s3:PutBucketVersioning", "s3:GetBucketAcl")
    ):
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


def test_a_custom_resource_needs_its_function(aws: LocalAws) -> None:
    role = aws.role("inviter", _CLOUDFORMATION)
    custom = {
        "Type": "Custom::Thing",
        "Properties": {"ServiceToken": "arn:aws:lambda:eu-west-1:111122223333:function:thing"},
    }
    stack = aws.stack("custom", {"C": custom}, RoleARN=role)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "lambda:InvokeFunction on resource: arn:aws:lambda" in aws.failures("custom")["C"]


def test_a_policy_that_a_stack_gives_to_roles_needs_the_right_to_attach(aws: LocalAws) -> None:
    """As for a role with policies, though it is the policy here that names the role."""
    aws.role("given", trust({"AWS": ACCOUNT}))
    properties = {"PolicyDocument": json.loads(policy(allow("s3:*"))), "Roles": ["given"]}
    made = {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}}
    for name, missing, created in (
        ("no-attach", "iam:AttachRolePolicy", "ROLLBACK_COMPLETE"),
        ("no-detach", "iam:DetachRolePolicy", "CREATE_COMPLETE"),
    ):
        denied = {**allow(missing), "Effect": "Deny"}
        role = aws.role(name, _CLOUDFORMATION, allow("iam:*"), denied)
        assert aws.stack(name, made, RoleARN=role)["StackStatus"] == created
        if created == "CREATE_COMPLETE":
            assert aws.delete_stack(name) == "DELETE_FAILED"
        assert f"perform: {missing} on resource" in aws.failures(name)["P"]


_OWN_TAG = {"Key": "owner", "Value": "me"}
_THROUGH_CLOUDFORMATION = {
    "ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}
}
_LOOK_AFTER_KEY = [
    "kms:DescribeKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
]


def _on_tag(key: str, actions: list[str], **more: dict[str, str]) -> dict[str, Any]:
    return {**allow(actions), "Condition": {"StringEquals": {f"{key}/owner": "me"}, **more}}


def _key(role: str, *tags: dict[str, str], is_let_in: bool = True) -> dict[str, Any]:
    """A key whose policy lets in the account's policies and, by its name, a role."""
    account = {**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    by_name = {
        **allow(_LOOK_AFTER_KEY),
        "Principal": {"AWS": "*"},
        "Condition": {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{role}"}},
    }
    statements = [account, by_name] if is_let_in else [account]
    properties = {
        "EnableKeyRotation": True,
        "KeyPolicy": {"Version": "2012-10-17", "Statement": statements},
        "Tags": [_OWN_TAG, *tags],
    }
    return {"Type": "AWS::KMS::Key", "Properties": properties}


def _make_keys(*more: dict[str, str]) -> dict[str, Any]:
    conditions = {key: value for each in more for key, value in each.items()}
    return _on_tag("aws:RequestTag", ["kms:CreateKey", "kms:TagResource"], **conditions)


def test_the_tags_of_a_new_key_allow_nothing_yet(aws: LocalAws) -> None:
    """They count only minutes later; the policy that the key is made with counts at once."""
    by_tag = _on_tag("aws:ResourceTag", _LOOK_AFTER_KEY)
    aws.role("by-tag", _CLOUDFORMATION, _make_keys(), by_tag)
    aws.role("by-policy", _CLOUDFORMATION, _make_keys())
    for name, is_let_in, status in (
        ("by-tag", False, "ROLLBACK_COMPLETE"),
        ("by-policy", True, "CREATE_COMPLETE"),
    ):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        key = {"K": _key(name, is_let_in=is_let_in)}
        assert aws.stack(name, key, RoleARN=arn)["StackStatus"] == status
    assert "kms:EnableKeyRotation" in aws.failures("by-tag")["K"]


def test_cloudformation_says_that_it_asks_in_somebodys_name(aws: LocalAws) -> None:
    role = aws.role("through", _CLOUDFORMATION, _make_keys(_THROUGH_CLOUDFORMATION))
    assert aws.stack("through", {"K": _key("through")}, RoleARN=role)["StackStatus"] == (
        "CREATE_COMPLETE"
    )
    keys = aws.user("direct", _make_keys(_THROUGH_CLOUDFORMATION))
    with pytest.raises(ClientError, match="kms:CreateKey"):
        aws.client("kms", keys).create_key(Tags=[{"TagKey": "owner", "TagValue": "me"}])


def test_an_update_tags_no_more_than_the_difference(aws: LocalAws) -> None:
    """So a right by a tag in the request ends as soon as another tag changes."""
    role = aws.role("differing", _CLOUDFORMATION, _make_keys())
    template = {"K": _key("differing")}
    aws.stack("differing", template, RoleARN=role)
    aws.client("iam").put_role_policy(
        RoleName="differing",
        PolicyName="q",
        PolicyDocument=policy(allow([a for a in _LOOK_AFTER_KEY if "Tag" not in a])),
    )
    for is_let_in, tag, status in (
        (True, {"Key": "team", "Value": "sea"}, "UPDATE_COMPLETE"),
        (False, {"Key": "team", "Value": "sea"}, "UPDATE_COMPLETE"),
        (False, {"Key": "team", "Value": "land"}, "UPDATE_ROLLBACK_COMPLETE"),
    ):
        resources = {"K": _key("differing", tag, is_let_in=is_let_in)}
        aws.client("cloudformation").update_stack(
            StackName="differing", TemplateBody=json.dumps({"Resources": resources})
        )
        assert aws.settled("differing")["StackStatus"] == status
    assert "kms:TagResource" in aws.failures("differing")["K"]
