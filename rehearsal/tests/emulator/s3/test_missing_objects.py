"""Who learns that an object is missing."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import LocalAws, allow
from rehearsal.tests.emulator.shared_bucket import SharedBucket

BUCKET = "misses-an-object"
OBJECTS = f"arn:aws:s3:::{BUCKET}/*"


@pytest.fixture(scope="module", autouse=True)
def bucket(aws: LocalAws) -> SharedBucket:
    return SharedBucket.make(aws, BUCKET)


def _s3_of(aws: LocalAws, name: str, *statements: dict[str, Any]) -> Any:
    """S3 as a user with these statements and all of S3 on the bucket's objects."""
    return aws.client("s3", aws.user(name, allow("s3:*", OBJECTS), *statements))


def _refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(Bucket=BUCKET, **arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(caught.value)


def test_who_may_not_list_does_not_learn_that_an_object_is_missing(aws: LocalAws) -> None:
    s3 = _s3_of(aws, "does-not-list")
    assert "s3:ListBucket" in _refused(s3.get_object, Key="missing")
    assert "s3:ListBucketVersions" in _refused(s3.get_object, Key="there", VersionId="missing")
    assert "s3:ListBucket" in _refused(
        s3.copy_object, Key="copy", CopySource=f"{BUCKET}/missing", ServerSideEncryption="AES256"
    )
    with pytest.raises(ClientError, match="403"):
        s3.head_object(Bucket=BUCKET, Key="missing")


def test_who_may_list_learns_that_an_object_is_missing(aws: LocalAws) -> None:
    s3 = _s3_of(aws, "lists", allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"))
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=BUCKET, Key="missing")
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=BUCKET, Key="missing")


def test_a_copy_looks_for_its_source_before_it_asks_for_a_key(aws: LocalAws) -> None:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    copy = _s3_of(aws, "copies-nothing").copy_object
    sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    said = _refused(copy, Key="copy", CopySource=f"{BUCKET}/missing", **sealed)
    assert "s3:ListBucket" in said
