"""Objects under a KMS key are for those who may use the key."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    let,
    policy,
    refusal,
    unshared,
)
from rehearsal.tests.emulator.shared_bucket import SharedBucket

BUCKET = "encrypted-by-a-key"
OBJECTS = f"arn:aws:s3:::{BUCKET}/*"
ADMINISTRATOR = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


@pytest.fixture(scope="module")
def key(aws: LocalAws) -> str:
    """ARN of the key that encrypts the bucket's objects."""
    arn = str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    s3.put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}]
        },
    )
    s3.put_object(Bucket=BUCKET, Key="there", Body=b"content")
    return arn


def _s3_of(aws: LocalAws, name: str, *statements: dict[str, Any]) -> Any:
    """S3 as a user with these statements and all of S3 on the bucket's objects."""
    return aws.client("s3", aws.user(name, allow("s3:*", OBJECTS), *statements))


def _refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(Bucket=BUCKET, **arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(caught.value)


def _key_statement(
    key: str, action: str, via: str = "s3.eu-west-1.amazonaws.com"
) -> dict[str, Any]:
    condition = {"StringEquals": {"kms:ViaService": via}}
    return {**allow(action, key), "Condition": condition}


def test_objects_are_out_of_reach_without_their_key(aws: LocalAws, key: str) -> None:
    s3 = _s3_of(aws, "without-key")
    assert "kms:Decrypt" in _refused(s3.get_object, Key="there")
    assert "kms:Decrypt" in _refused(
        s3.copy_object, Key="copy", CopySource=f"{BUCKET}/there", ServerSideEncryption="AES256"
    )
    assert "kms:GenerateDataKey" in _refused(s3.put_object, Key="new", Body=b"")
    s3.put_object(Bucket=BUCKET, Key="plain", Body=b"", ServerSideEncryption="AES256")


def test_who_may_write_may_not_read(aws: LocalAws, key: str) -> None:
    s3 = _s3_of(aws, "writes-only", _key_statement(key, "kms:GenerateDataKey"))
    s3.put_object(Bucket=BUCKET, Key="new", Body=b"")
    assert "kms:Decrypt" in _refused(s3.get_object, Key="new")


def test_who_may_read_reads(aws: LocalAws, key: str) -> None:
    s3 = _s3_of(aws, "reads-only", _key_statement(key, "kms:Decrypt"))
    assert s3.get_object(Bucket=BUCKET, Key="there")["Body"].read() == b"content"
    assert "kms:GenerateDataKey" in _refused(s3.put_object, Key="new", Body=b"")


def test_the_key_of_another_service_does_not_count(aws: LocalAws, key: str) -> None:
    statement = _key_statement(key, "kms:Decrypt", via="sqs.eu-west-1.amazonaws.com")
    s3 = _s3_of(aws, "other-service", statement)
    assert "kms:Decrypt" in _refused(s3.get_object, Key="there")


def test_the_key_policy_has_the_last_word(aws: LocalAws, key: str) -> None:
    s3 = _s3_of(aws, "not-in-key-policy", _key_statement(key, "kms:*"))
    kms = aws.client("kms")
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    narrow = policy({**allow("kms:PutKeyPolicy"), "Principal": ADMINISTRATOR})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=narrow)
    try:
        assert "kms:Decrypt" in _refused(s3.get_object, Key="there")
    finally:
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)
    assert s3.get_object(Bucket=BUCKET, Key="there")["Body"].read() == b"content"


@pytest.fixture(scope="module")
def bucket(aws: LocalAws) -> SharedBucket:
    return SharedBucket.make(aws, "sealed-for-another")


def _set_key_policy(aws: LocalAws, key: str, *statements: dict[str, Any]) -> None:
    administration = let(ADMINISTRATOR, "kms:*", "*")
    aws.client("kms").put_key_policy(KeyId=key, Policy=policy(administration, *statements))


def test_an_encrypted_object_needs_the_key_from_both_sides(
    aws: LocalAws, other: LocalAws, bucket: SharedBucket
) -> None:
    key = str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])
    aws.client("s3").put_object(
        Bucket=bucket.name,
        Key="sealed",
        Body=b"sealed",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key,
    )
    bucket.share(let({"AWS": OTHER_ACCOUNT}, "s3:GetObject", bucket.objects))
    via = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    decrypt = {**allow("kms:Decrypt", key), "Condition": via}
    reader, complete = other.session("key-user", allow("s3:GetObject"), decrypt)
    _, without = other.session("key-less", allow("s3:GetObject"))
    s3 = other.client("s3", complete)

    _set_key_policy(aws, key)
    assert unshared("kms:Decrypt") in refusal(s3.get_object, Bucket=bucket.name, Key="sealed")
    elsewhere = {"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}}
    _set_key_policy(aws, key, let({"AWS": reader}, "kms:Decrypt", "*", Condition=elsewhere))
    assert unshared("kms:Decrypt") in refusal(s3.get_object, Bucket=bucket.name, Key="sealed")
    here = {"StringEquals": {**via["StringEquals"], "kms:CallerAccount": OTHER_ACCOUNT}}
    _set_key_policy(aws, key, let({"AWS": OTHER_ACCOUNT}, "kms:Decrypt", "*", Condition=here))
    assert s3.get_object(Bucket=bucket.name, Key="sealed")["Body"].read() == b"sealed"
    lacking = other.client("s3", without)
    said = refusal(lacking.get_object, Bucket=bucket.name, Key="sealed")
    assert "no identity-based policy allows the kms:Decrypt action" in said
    # The key's policy lets only S3 use it for the other account.
    kms = other.client("kms", complete)
    assert "kms:DescribeKey" in refusal(kms.describe_key, KeyId=key)


def test_an_object_under_the_key_of_s3_itself_is_for_its_account_alone(
    aws: LocalAws, other: LocalAws, bucket: SharedBucket
) -> None:
    aws.client("s3").put_object(
        Bucket=bucket.name, Key="aws-key", Body=b"x", ServerSideEncryption="aws:kms"
    )
    bucket.share(let({"AWS": OTHER_ACCOUNT}, "s3:GetObject", bucket.objects))
    s3 = other.client("s3", other.session("reads-everything", allow("*"))[1])
    said = refusal(s3.get_object, Bucket=bucket.name, Key="aws-key")
    assert unshared("kms:Decrypt") in said
    assert aws.client("s3").get_object(Bucket=bucket.name, Key="aws-key")["Body"].read() == b"x"
