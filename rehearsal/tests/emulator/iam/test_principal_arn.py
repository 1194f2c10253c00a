"""A condition on the principal of a session sees its role."""

from __future__ import annotations

import pytest

from rehearsal.tests.emulator.local_aws import (
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    let,
    refusal,
    unshared,
)
from rehearsal.tests.emulator.shared_bucket import SharedBucket


@pytest.fixture(scope="module")
def bucket(aws: LocalAws) -> SharedBucket:
    return SharedBucket.make(aws, "for-one-role")


def test_a_session_is_known_by_the_arn_of_its_role(
    aws: LocalAws, other: LocalAws, bucket: SharedBucket
) -> None:
    named, keys = other.session("role-by-condition", allow("s3:*", bucket.objects))
    _, neighbour = other.session("role-beside-condition", allow("s3:*", bucket.objects))
    only = {"ArnLike": {"aws:PrincipalArn": named}}
    bucket.share(let({"AWS": OTHER_ACCOUNT}, "s3:GetObject", bucket.objects, Condition=only))
    s3 = other.client("s3", keys)
    assert s3.get_object(Bucket=bucket.name, Key="there")["Body"].read() == b"content"
    s3 = other.client("s3", neighbour)
    assert unshared("s3:GetObject") in refusal(s3.get_object, Bucket=bucket.name, Key="there")
