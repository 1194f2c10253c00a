"""Stacks behave as on AWS: references, encryption, tags, deletion, custom resources."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.functions import ANSWER, custom_resource, function, role
from rehearsal.tests.emulator.local_aws import LocalAws


def test_the_reference_of_a_secret_is_its_arn(aws: LocalAws) -> None:
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "a"}}
    outputs = {"Outputs": {"Ref": {"Value": {"Ref": "Secret"}}}}
    stack = aws.stack("secret", {"Secret": secret}, template=outputs)
    arn = stack["Outputs"][0]["OutputValue"]
    assert arn.startswith("arn:aws:secretsmanager:")
    value = aws.client("secretsmanager").get_secret_value(SecretId=arn)
    assert value["SecretString"] == "a"
    assert aws.delete_stack("secret") == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="ResourceNotFound"):
        aws.client("secretsmanager").get_secret_value(SecretId=arn)


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


def test_a_stack_that_is_being_updated_is_not_deleted(aws: LocalAws) -> None:
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    aws.stack("busy", {"Handle": handle})
    waiting = {"Handle": {"Ref": "Handle"}, "Timeout": "2"}
    never = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": waiting}
    cloudformation = aws.client("cloudformation")
    body = json.dumps({"Resources": {"Handle": handle, "Never": never}})
    cloudformation.update_stack(StackName="busy", TemplateBody=body)
    with pytest.raises(ClientError, match="cannot be deleted while in status UPDATE_IN_PROGRESS"):
        cloudformation.delete_stack(StackName="busy")
    assert aws.settled("busy")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert aws.delete_stack("busy") == "DELETE_COMPLETE"


def test_retained_resources_stay(aws: LocalAws) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "stays"}}
    aws.stack("retain", {"Bucket": {**bucket, "DeletionPolicy": "Retain"}})
    assert aws.delete_stack("retain") == "DELETE_COMPLETE"
    assert aws.client("s3").head_bucket(Bucket="stays")


def test_an_unknown_type_is_refused(aws: LocalAws) -> None:
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        aws.stack("unknown", {"X": {"Type": "AWS::Budgets::Budget"}})


def test_a_parameter_is_read_from_ssm(aws: LocalAws) -> None:
    aws.client("ssm").put_parameter(Name="/n", Value="named-by-ssm", Type="String")
    parameters = {"Name": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/n"}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Name"}}}
    aws.stack("from-ssm", {"Bucket": bucket}, template={"Parameters": parameters})
    assert aws.client("s3").head_bucket(Bucket="named-by-ssm")


def test_a_failed_custom_resource_is_deleted(aws: LocalAws) -> None:
    code = (
        "import boto3\n" + ANSWER + "def handle(event, context):\n"
        "    boto3.client('ssm').put_parameter(Name='/calls/' + event['RequestType'],"
        " Value=event.get('PhysicalResourceId', '-'), Type='String')\n"
        "    failed = event['RequestType'] == 'Create'\n"
        "    answer(event, 'FAILED' if failed else 'SUCCESS', Reason='no luck')\n"
    )
    statement = {"Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*"}
    resources = {
        "Role": role(statement),
        "Function": function(code),
        "Thing": custom_resource(),
    }
    assert aws.stack("half", resources)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "no luck" in aws.failures("half")["Thing"]
    deleted = aws.client("ssm").get_parameter(Name="/calls/Delete")["Parameter"]["Value"]
    assert deleted == "thing"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("answer(event, PhysicalResourceId='')", "PhysicalResourceId missing"),
        ("answer(event, 'FINE')", "Status must be SUCCESS or FAILED"),
        ("answer(event, 'FAILED')", "needs a Reason"),
        ("answer(event, Data={'x': 'y' * 5000})", "too long"),
    ],
)
def test_a_wrong_answer_of_a_custom_resource_fails_it(
    aws: LocalAws, answer: str, reason: str
) -> None:
    code = (
        f"{ANSWER}\ndef handle(event, context):\n"
        f"    {answer} if event['RequestType'] == 'Create' else answer(event)\n"
    )
    name = f"wrong-{abs(hash(answer))}"
    resources = {"Role": role(), "Function": function(code), "Thing": custom_resource()}
    assert aws.stack(name, resources)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert reason in aws.failures(name)["Thing"]


def test_a_custom_resource_that_says_nothing_times_out(aws: LocalAws) -> None:
    code = (
        f"{ANSWER}\ndef handle(event, context):\n"
        "    answer(event) if event['RequestType'] == 'Delete' else None\n"
    )
    resources = {"Role": role(), "Function": function(code), "Thing": custom_resource(1)}
    assert aws.stack("silent", resources)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "did not receive a response" in aws.failures("silent")["Thing"]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::IAM::Role", {"RoleName": "taken", "AssumeRolePolicyDocument": {"Statement": []}}),
        ("AWS::SecretsManager::Secret", {"Name": "taken", "SecretString": "b"}),
        ("AWS::SSM::Parameter", {"Name": "/taken", "Type": "String", "Value": "b"}),
        ("AWS::Logs::LogGroup", {"LogGroupName": "taken"}),
        ("AWS::S3::Bucket", {"BucketName": "taken-name"}),
        ("AWS::SQS::Queue", {"QueueName": "taken"}),
        ("AWS::Lambda::Function", {}),
        ("AWS::IAM::OIDCProvider", {"Url": "https://taken.example"}),
        ("AWS::KMS::Alias", {"AliasName": "alias/taken", "TargetKeyId": {"Ref": "Key"}}),
    ],
)
def test_a_taken_name_fails_the_resource(
    aws: LocalAws, kind: str, properties: dict[str, Any]
) -> None:
    suffix = kind.split("::")[-1]
    resource: dict[str, Any] = {"Type": kind, "Properties": properties}
    if kind == "AWS::Lambda::Function":
        resource = function("", FunctionName="taken", Code={"ZipFile": "def handle(*_): pass"})
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": []}}}
    resources = {"Role": role(), "Key": key, "R": resource}
    assert aws.stack(f"first-{suffix}", resources)["StackStatus"] == "CREATE_COMPLETE"
    assert aws.stack(f"second-{suffix}", resources)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert aws.delete_stack(f"first-{suffix}") == "DELETE_COMPLETE"


def test_stack_tags_reach_the_resources(aws: LocalAws) -> None:
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "tagged-by-stack"}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "tagged"}},
    }
    aws.stack("tagged", resources, Tags=[{"Key": "sagemaker:project-id", "Value": "p-1"}])
    s3_tags = aws.client("s3").get_bucket_tagging(Bucket="tagged-by-stack")["TagSet"]
    assert {"Key": "sagemaker:project-id", "Value": "p-1"} in s3_tags
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="tagged")["QueueUrl"]
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"]["sagemaker:project-id"] == "p-1"


def test_a_changed_physical_id_deletes_the_old_resource(aws: LocalAws) -> None:
    code = (
        "import boto3\n" + ANSWER + "def handle(event, context):\n"
        "    if event['RequestType'] == 'Delete':\n"
        "        name = '/gone/' + event['PhysicalResourceId']\n"
        "        boto3.client('ssm').put_parameter(Name=name, Value='x', Type='String')\n"
        "    answer(event, PhysicalResourceId=event['ResourceProperties']['Name'])\n"
    )
    statement = {"Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*"}

    def resources(name: str) -> dict[str, Any]:
        thing = custom_resource(Name=name)
        return {"Role": role(statement), "Function": function(code), "Thing": thing}

    aws.stack("moving", resources("old"))
    aws.client("cloudformation").update_stack(
        StackName="moving",
        TemplateBody=json.dumps({"Resources": resources("new")}),
        Capabilities=["CAPABILITY_IAM"],
    )
    assert aws.settled("moving")["StackStatus"] == "UPDATE_COMPLETE"
    assert aws.client("ssm").get_parameter(Name="/gone/old")


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
