"""What S3 tells KMS of an object depends on whether it lies under a bucket key."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws, allow, refusal

_BUCKET = "under-a-bucket-key"
_ARN = f"arn:aws:s3:::{_BUCKET}"


@pytest.fixture(scope="module")
def key(aws: LocalAws) -> str:
    """ARN of the key that encrypts the bucket's objects."""
    arn = str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    rule = {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=_BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    return arn


@pytest.mark.parametrize(
    ("said", "context"),
    [
        ({}, _ARN),
        ({"BucketKeyEnabled": True}, _ARN),
        ({"BucketKeyEnabled": False}, f"{_ARN}/for"),
    ],
    ids=["as the bucket has it", "with a bucket key", "without"],
)
def test_the_key_knows_what_it_is_used_for(
    aws: LocalAws, key: str, said: dict[str, Any], context: str
) -> None:
    """A context of another kind fits nothing: neither the write nor the read."""
    how = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key, **said}
    contexts = {_ARN, f"{_ARN}/for"}
    for number, allowed in enumerate(sorted(contexts)):
        condition = {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": allowed}}
        statement = {**allow("kms:*", key), "Condition": condition}
        user = f"for-{len(context)}-{len(said)}-{said.get('BucketKeyEnabled')}-{number}"
        s3 = aws.client("s3", aws.user(user, allow("s3:*", f"{_ARN}/*"), statement))
        if allowed != context:
            assert "kms:GenerateDataKey" in refusal(
                s3.put_object, Bucket=_BUCKET, Key="for", Body=b"", **how
            )
            aws.client("s3").put_object(Bucket=_BUCKET, Key="for", Body=b"", **how)
            assert "kms:Decrypt" in refusal(s3.get_object, Bucket=_BUCKET, Key="for")
            continue
        s3.put_object(Bucket=_BUCKET, Key="for", Body=b"", **how)
        told = s3.get_object(Bucket=_BUCKET, Key="for")
        assert told.get("BucketKeyEnabled", False) is (context == _ARN)
