"""Buckets of a template."""

from __future__ import annotations

from typing import Any

from rehearsal.tests.emulator.local_aws import LocalAws


def test_a_bucket_keeps_its_encryption_and_tags(aws: LocalAws) -> None:
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": []}}},
        "Bucket": _bucket("encrypted", {"Fn::GetAtt": ["Key", "Arn"]}),
    }
    assert aws.stack("encrypted", resources)["StackStatus"] == "CREATE_COMPLETE"
    s3 = aws.client("s3")
    rules = s3.get_bucket_encryption(Bucket="encrypted")["ServerSideEncryptionConfiguration"]
    default = rules["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    assert default["SSEAlgorithm"] == "aws:kms"
    assert {"Key": "a", "Value": "b"} in s3.get_bucket_tagging(Bucket="encrypted")["TagSet"]
    put = s3.put_object(Bucket="encrypted", Key="x", Body=b"", ServerSideEncryption="aws:kms")
    assert put["SSEKMSKeyId"] == default["KMSMasterKeyID"]


def test_a_bucket_with_objects_stops_the_deletion(aws: LocalAws) -> None:
    resources = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full"}}}
    aws.stack("full", resources)
    s3 = aws.client("s3")
    s3.put_object(Bucket="full", Key="x", Body=b"1")
    assert aws.delete_stack("full") == "DELETE_FAILED"
    assert "not empty" in aws.failures("full")["Bucket"]
    s3.delete_object(Bucket="full", Key="x")
    assert aws.delete_stack("full") == "DELETE_COMPLETE"


def _bucket(name: str, key: Any) -> dict[str, Any]:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    return {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": name,
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]},
            "Tags": [{"Key": "a", "Value": "b"}],
        },
    }
