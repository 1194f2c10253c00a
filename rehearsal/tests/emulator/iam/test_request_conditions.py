"""What IAM knows of a request beyond its action."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import LocalAws, allow, refusal

_ARN = "arn:aws:{}:eu-west-1:111122223333:{}"


def test_a_role_reaches_the_items_whose_keys_it_may_name(aws: LocalAws, call: Any) -> None:
    own, foreign = ({"ModelPackageArn": {"S": f"arn:{name}/1"}} for name in ("own", "foreign"))
    for key in (own, foreign):
        call("dynamodb", "put_item", TableName="claims", Item=key)
    named = {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "arn:own/*"}}
    reader = aws.user("reader", {**allow("dynamodb:GetItem"), "Condition": named})
    dynamodb = aws.client("dynamodb", reader)
    for table in ("claims", _ARN.format("dynamodb", "table/claims")):
        assert dynamodb.get_item(TableName=table, Key=own)["Item"] == own
        with pytest.raises(ClientError, match="not authorized to perform: dynamodb:GetItem"):
            dynamodb.get_item(TableName=table, Key=foreign)


@pytest.mark.parametrize("path", ["/ours", "/ours/"])
def test_parameters_are_read_below_the_permitted_path_alone(
    aws: LocalAws, call: Any, path: str
) -> None:
    aws.client("ssm").put_parameter(Name="/ours/a", Value="1", Type="String", Overwrite=True)
    found = call("ssm", "get_parameters_by_path", Path=path)["answer"]["Parameters"]
    assert [parameter["Name"] for parameter in found] == ["/ours/a"]
    for other in ("/", "/theirs/", "/oursisnot/"):
        denied = call("ssm", "get_parameters_by_path", Path=other)["error"]
        assert "not authorized to perform: ssm:GetParametersByPath" in denied


def test_metrics_are_put_into_the_permitted_namespace_alone(aws: LocalAws, call: Any) -> None:
    datum = {"MetricName": "Days", "Value": 3.0}
    put = {"MetricData": [datum]}
    assert call("cloudwatch", "put_metric_data", Namespace="Ours", **put) == {"answer": {}}
    denied = call("cloudwatch", "put_metric_data", Namespace="Theirs", **put)["error"]
    assert "not authorized to perform: cloudwatch:PutMetricData" in denied
    listed = aws.client("cloudwatch").list_metrics(MetricName="Days")["Metrics"]
    assert {metric["Namespace"] for metric in listed} == {"Ours"}


def test_an_alias_is_made_for_a_key_that_the_caller_may_use(aws: LocalAws) -> None:
    kms = aws.client("kms")
    own, foreign = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    may = aws.client("kms", aws.user("names-a-key", allow("kms:CreateAlias", f"*:key/{own}")))
    assert "kms:CreateAlias" in refusal(
        may.create_alias, AliasName="alias/named-foreign", TargetKeyId=foreign
    )
    may.create_alias(AliasName="alias/named-own", TargetKeyId=own)


def test_events_are_read_of_the_permitted_streams_alone(aws: LocalAws) -> None:
    logs, group = aws.client("logs"), "/jobs"
    logs.create_log_group(logGroupName=group)
    for stream in ("ours-1", "theirs-1"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    ours = _ARN.format("logs", f"log-group:{group}:log-stream:ours-*")
    reader = aws.client("logs", aws.user("log-reader", allow("logs:GetLogEvents", ours)))
    assert reader.get_log_events(logGroupName=group, logStreamName="ours-1")["events"] == []
    assert "not authorized to perform: logs:GetLogEvents" in refusal(
        reader.get_log_events, logGroupName=group, logStreamName="theirs-1"
    )


def test_a_key_is_used_for_the_permitted_context_alone(aws: LocalAws) -> None:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    ours = {"StringEquals": {"kms:EncryptionContext:team": "ours"}}
    by_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    user = aws.user(
        "one-context",
        {**allow("kms:*", key), "Condition": ours},
        {**allow("kms:CreateGrant", key), "Condition": by_services},
    )
    kms = aws.client("kms", user)
    asked = {"KeyId": key, "KeySpec": "AES_256"}
    sealed = kms.generate_data_key(**asked, EncryptionContext={"team": "ours"})["CiphertextBlob"]
    kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"team": "ours"})
    for context in ({"team": "theirs"}, {"other": "ours"}, {}):
        assert "kms:GenerateDataKey" in refusal(
            kms.generate_data_key, **asked, EncryptionContext=context
        )
        assert "kms:Decrypt" in refusal(
            kms.decrypt, CiphertextBlob=sealed, EncryptionContext=context
        )
    grant = {"KeyId": key, "GranteePrincipal": "arn:aws:iam::111122223333:user/x"}
    assert "kms:CreateGrant" in refusal(kms.create_grant, **grant, Operations=["Decrypt"])
