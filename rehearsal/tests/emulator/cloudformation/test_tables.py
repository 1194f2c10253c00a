"""Tables of a template."""

from __future__ import annotations

from rehearsal.tests.emulator.local_aws import LocalAws


def test_a_table_has_the_settings_of_its_template(aws: LocalAws) -> None:
    properties = {
        "TableName": "set",
        "AttributeDefinitions": [{"AttributeName": "Id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "TimeToLiveSpecification": {"AttributeName": "ExpiresAt", "Enabled": True},
    }
    aws.stack("set-table", {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": properties}})
    recovery = aws.client("dynamodb").describe_continuous_backups(TableName="set")
    status = recovery["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert status["PointInTimeRecoveryStatus"] == "ENABLED"
    ttl = aws.client("dynamodb").describe_time_to_live(TableName="set")
    assert ttl["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "ExpiresAt",
    }
