"""What MiniStack does as AWS does, and the rehearsal relies on."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import LocalAws


def test_retained_resources_stay(aws: LocalAws) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "stays"}}
    aws.stack("retain", {"Bucket": {**bucket, "DeletionPolicy": "Retain"}})
    assert aws.delete_stack("retain") == "DELETE_COMPLETE"
    assert aws.client("s3").head_bucket(Bucket="stays")


def test_an_unknown_type_is_refused(aws: LocalAws) -> None:
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        aws.stack("unknown", {"X": {"Type": "AWS::Bedrock::Agent"}})


def test_a_parameter_is_read_from_ssm(aws: LocalAws) -> None:
    aws.client("ssm").put_parameter(Name="/n", Value="named-by-ssm", Type="String")
    parameters = {"Name": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/n"}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Name"}}}
    aws.stack("from-ssm", {"Bucket": bucket}, template={"Parameters": parameters})
    assert aws.client("s3").head_bucket(Bucket="named-by-ssm")
