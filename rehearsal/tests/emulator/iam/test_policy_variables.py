"""Variables in policies, and conditions on tags that only a boundary has."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import LocalAws, allow, policy, refusal


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


def test_a_boundary_knows_the_tags_of_the_resource(aws: LocalAws) -> None:
    """No other policy asks for them."""
    iam, ssm = aws.client("iam"), aws.client("ssm")
    owned = {"StringEquals": {"aws:ResourceTag/owner": "me"}}
    boundary = policy({**allow("ssm:GetParameter"), "Condition": owned})
    arn = iam.create_policy(PolicyName="owned", PolicyDocument=boundary)["Policy"]["Arn"]
    keys = aws.user("bounded-by-tags", allow("ssm:GetParameter"))
    iam.put_user_permissions_boundary(UserName="bounded-by-tags", PermissionsBoundary=arn)
    for owner in ("me", "you"):
        tags = [{"Key": "owner", "Value": owner}]
        ssm.put_parameter(Name=f"/owned/by/{owner}", Value=owner, Type="String", Tags=tags)
    read = aws.client("ssm", keys).get_parameter
    assert read(Name="/owned/by/me")["Parameter"]["Value"] == "me"
    assert "AccessDenied" in refusal(read, Name="/owned/by/you")
