"""Requests that nobody signed."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws, allow, let, policy
from rehearsal.tests.emulator.shared_bucket import SharedBucket


@pytest.fixture(scope="module")
def bucket(aws: LocalAws) -> SharedBucket:
    return SharedBucket.make(aws, "open-in-part")


def _status(url: str, method: str = "GET") -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_unsigned_requests_get_what_is_public(aws: LocalAws, bucket: SharedBucket) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=bucket.name, Key="public", Body=b"", ServerSideEncryption="AES256")
    address = f"{aws.url}/{bucket.name}"
    assert _status(f"{address}/public") == 403
    assert _status(f"{address}/new", "PUT") == 403
    s3.delete_public_access_block(Bucket=bucket.name)
    public = policy(
        {**allow("s3:GetObject", f"arn:aws:s3:::{bucket.name}/public"), "Principal": "*"}
    )
    s3.put_bucket_policy(Bucket=bucket.name, Policy=public)
    assert _status(f"{address}/public") == 200
    assert _status(f"{address}/there") == 403
    presigned = s3.generate_presigned_url(
        "get_object", Params={"Bucket": bucket.name, "Key": "there"}
    )
    assert _status(presigned) == 200


def test_an_object_under_a_key_is_public_only_if_the_key_is(aws: LocalAws) -> None:
    bucket = SharedBucket.make(aws, "open-and-sealed")
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    s3 = aws.client("s3")
    sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    s3.put_object(Bucket=bucket.name, Key="sealed", Body=b"", **sealed)
    s3.delete_public_access_block(Bucket=bucket.name)
    bucket.share(let("*", "s3:GetObject", bucket.objects))
    assert _status(f"{aws.url}/{bucket.name}/there") == 200
    assert _status(f"{aws.url}/{bucket.name}/sealed") == 403
