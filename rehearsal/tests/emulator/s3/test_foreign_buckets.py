"""Requests for buckets of another account are judged by IAM and served where the bucket is."""

from __future__ import annotations

import pytest

from rehearsal.tests.emulator.local_aws import (
    OTHER_ACCOUNT,
    REGION,
    LocalAws,
    allow,
    let,
    refusal,
    unshared,
)
from rehearsal.tests.emulator.shared_bucket import SharedBucket


@pytest.fixture(scope="module")
def bucket(aws: LocalAws) -> SharedBucket:
    return SharedBucket.make(aws, "shared-with-another")


def test_a_policy_for_one_role_is_not_for_its_neighbour(
    aws: LocalAws, other: LocalAws, bucket: SharedBucket
) -> None:
    named, keys = other.session("named-role", allow("s3:*"))
    _, neighbour = other.session("neighbour-role", allow("s3:*"))
    bucket.share(let({"AWS": named}, "s3:*", bucket.objects))
    there = other.client("s3", keys).get_object(Bucket=bucket.name, Key="there")
    assert there["Body"].read() == b"content"
    s3 = other.client("s3", neighbour)
    assert unshared("s3:GetObject") in refusal(s3.get_object, Bucket=bucket.name, Key="there")


def test_a_written_object_is_in_the_owners_bucket(
    aws: LocalAws, other: LocalAws, bucket: SharedBucket
) -> None:
    _, keys = other.session("object-writer", allow("s3:*", bucket.objects))
    bucket.share(let({"AWS": OTHER_ACCOUNT}, "s3:PutObject", bucket.objects))
    other.client("s3", keys).put_object(Bucket=bucket.name, Key="written", Body=b"by another")
    written = aws.client("s3").get_object(Bucket=bucket.name, Key="written")["Body"].read()
    assert written == b"by another"


def test_a_copy_needs_the_owner_of_the_source_too(
    aws: LocalAws, other: LocalAws, bucket: SharedBucket
) -> None:
    _, keys = other.session("object-copier", allow("s3:*"))
    s3 = other.client("s3", keys)
    s3.create_bucket(
        Bucket="copies-of-another", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    copy = {"Bucket": "copies-of-another", "Key": "copy", "CopySource": f"{bucket.name}/there"}
    bucket.close()
    assert unshared("s3:GetObject") in refusal(s3.copy_object, **copy)
