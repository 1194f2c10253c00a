"""Objects under a KMS key, missing ones, and requests that nobody signed."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, allow, policy

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


def _key_statement(
    key: str, action: str, via: str = "s3.eu-west-1.amazonaws.com"
) -> dict[str, Any]:
    condition = {"StringEquals": {"kms:ViaService": via}}
    return {**allow(action, key), "Condition": condition}


def _refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(Bucket=BUCKET, **arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(caught.value)


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


def test_who_may_not_list_does_not_learn_that_an_object_is_missing(aws: LocalAws, key: str) -> None:
    s3 = _s3_of(aws, "does-not-list")
    assert "s3:ListBucket" in _refused(s3.get_object, Key="missing")
    assert "s3:ListBucketVersions" in _refused(s3.get_object, Key="there", VersionId="missing")
    assert "s3:ListBucket" in _refused(
        s3.copy_object, Key="copy", CopySource=f"{BUCKET}/missing", ServerSideEncryption="AES256"
    )
    with pytest.raises(ClientError, match="403"):
        s3.head_object(Bucket=BUCKET, Key="missing")


def test_who_may_list_learns_that_an_object_is_missing(aws: LocalAws, key: str) -> None:
    s3 = _s3_of(aws, "lists", allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"))
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=BUCKET, Key="missing")
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=BUCKET, Key="missing")


def _status(url: str, method: str = "GET") -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_unsigned_requests_get_what_is_public(aws: LocalAws, key: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=BUCKET, Key="public", Body=b"", ServerSideEncryption="AES256")
    address = f"{aws.url}/{BUCKET}"
    assert _status(f"{address}/public") == 403
    assert _status(f"{address}/new", "PUT") == 403
    s3.delete_public_access_block(Bucket=BUCKET)
    public = policy({**allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/public"), "Principal": "*"})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=public)
    assert _status(f"{address}/public") == 200
    assert _status(f"{address}/there") == 403
    presigned = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "there"})
    assert _status(presigned) == 200
