"""Across accounts both sides must allow, and the root user is no exception."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    LocalAws,
    allow,
    let,
    refusal,
    trust,
    unshared,
)
from rehearsal.tests.emulator.shared_bucket import SharedBucket


@pytest.fixture(scope="module")
def bucket(aws: LocalAws) -> SharedBucket:
    return SharedBucket.make(aws, "read-by-another")


def test_an_object_is_read_by_another_account_only_when_both_sides_allow_it(
    aws: LocalAws, other: LocalAws, bucket: SharedBucket
) -> None:
    reader, may_read = other.session("object-reader", allow("s3:*", bucket.objects))
    _, may_nothing = other.session("object-silent")
    s3 = other.client("s3", may_read)
    bucket.close()
    assert unshared("s3:GetObject") in refusal(s3.get_object, Bucket=bucket.name, Key="there")

    for principal in (reader, f"arn:aws:iam::{OTHER_ACCOUNT}:root", OTHER_ACCOUNT):
        bucket.share(let({"AWS": principal}, "s3:GetObject", bucket.objects))
        assert s3.get_object(Bucket=bucket.name, Key="there")["Body"].read() == b"content"
        assert unshared("s3:PutObject") in refusal(
            s3.put_object, Bucket=bucket.name, Key="new", Body=b""
        )
    silent = other.client("s3", may_nothing)
    assert "no identity-based policy" in refusal(silent.get_object, Bucket=bucket.name, Key="there")
    denied = {**let({"AWS": reader}, "s3:GetObject", bucket.objects), "Effect": "Deny"}
    bucket.share(let({"AWS": OTHER_ACCOUNT}, "s3:GetObject", bucket.objects), denied)
    assert "explicit deny" in refusal(s3.get_object, Bucket=bucket.name, Key="there")


def test_even_the_root_user_of_another_account_needs_the_owners_yes(
    aws: LocalAws, other: LocalAws, bucket: SharedBucket
) -> None:
    bucket.close()
    s3 = other.client("s3")
    assert unshared("s3:GetObject") in refusal(s3.get_object, Bucket=bucket.name, Key="there")
    assert "AccessDenied" in refusal(s3.delete_object, Bucket=bucket.name, Key="there")
    bucket.share(let({"AWS": OTHER_ACCOUNT}, "s3:GetObject", bucket.objects))
    assert s3.get_object(Bucket=bucket.name, Key="there")["Body"].read() == b"content"


def test_the_account_of_a_bucket_is_a_condition(
    aws: LocalAws, other: LocalAws, bucket: SharedBucket
) -> None:
    own = {"StringEquals": {"aws:ResourceAccount": OTHER_ACCOUNT}}
    _, keys = other.session("own-buckets-only", {**allow("s3:*"), "Condition": own})
    bucket.share(let({"AWS": OTHER_ACCOUNT}, "s3:GetObject", bucket.objects))
    s3 = other.client("s3", keys)
    assert "no identity-based policy" in refusal(s3.get_object, Bucket=bucket.name, Key="there")


def test_the_name_of_a_bucket_is_taken_for_all_accounts(
    other: LocalAws, bucket: SharedBucket
) -> None:
    create = other.client("s3").create_bucket
    said = refusal(
        create, Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    assert "BucketAlreadyExists" in said
    resources = {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket.name}}}
    assert other.stack("taken-bucket", resources)["StackStatus"] == "ROLLBACK_COMPLETE"


def test_what_has_no_policy_of_its_own_is_closed_to_other_accounts(
    aws: LocalAws, other: LocalAws
) -> None:
    aws.client("ssm").put_parameter(Name="/closed", Value="1", Type="String")
    arn = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/closed"
    for keys in (None, other.user("reads-all", allow("*"))):
        with pytest.raises(ClientError):
            other.client("ssm", keys).get_parameter(Name=arn)
    assert aws.stack("closed", {"T": {"Type": "AWS::SNS::Topic"}})["StackId"]
    stack = aws.client("cloudformation").describe_stacks(StackName="closed")["Stacks"][0]
    said = refusal(other.client("cloudformation").describe_stacks, StackName=stack["StackId"])
    assert "no resource-based policy allows the cloudformation:DescribeStacks action" in said


def test_a_role_is_assumed_across_accounts_when_both_sides_say_so(
    aws: LocalAws, other: LocalAws
) -> None:
    trusting = aws.role("trusts-other", trust({"AWS": OTHER_ACCOUNT}), allow("ssm:*"))
    closed = aws.role("trusts-own", trust({"AWS": ACCOUNT}), allow("ssm:*"))
    allowed = other.user("may-assume", allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/*"))
    silent = other.user("may-nothing")

    identity = aws.client("sts", aws.assume(trusting, allowed)).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/trusts-other/test"
    assert "AccessDenied" in refusal(aws.assume, role_arn=closed, keys=allowed)
    assert "AccessDenied" in refusal(aws.assume, role_arn=trusting, keys=silent)
