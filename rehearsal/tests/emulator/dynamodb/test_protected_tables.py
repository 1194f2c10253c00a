"""Tables that DynamoDB does not delete."""

from __future__ import annotations

from rehearsal.tests.emulator.local_aws import LocalAws, refusal


def test_a_protected_table_is_refused_until_its_protection_is_off(aws: LocalAws) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName="guarded",
        AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
    )
    said = refusal(dynamodb.delete_table, TableName="guarded")
    assert "ValidationException" in said
    assert "Resource cannot be deleted as it is currently protected against deletion." in said
    dynamodb.update_table(TableName="guarded", DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName="guarded")
    assert "ResourceNotFound" in refusal(dynamodb.describe_table, TableName="guarded")
