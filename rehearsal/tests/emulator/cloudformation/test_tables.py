"""Tables of a template: what they are set to, what protects them, and how they are adopted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, LocalAws, allow, refusal

PROTECTED = "currently protected against deletion. Disable deletion protection first."
EXPIRING = {"AttributeName": "ExpiresAt", "Enabled": True}


def _table(name: str, *, attributes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    properties = {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": "Id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        **more,
    }
    return {"Type": "AWS::DynamoDB::Table", "Properties": properties, **(attributes or {})}


def _expiry(aws: LocalAws, name: str) -> str:
    described = aws.client("dynamodb").describe_time_to_live(TableName=name)
    return str(described["TimeToLiveDescription"]["TimeToLiveStatus"])


def _update(aws: LocalAws, stack: str, table: dict[str, Any]) -> str:
    body = json.dumps({"Resources": {"Table": table}})
    aws.client("cloudformation").update_stack(StackName=stack, TemplateBody=body)
    return str(aws.settled(stack)["StackStatus"])


def test_a_table_has_the_settings_of_its_template(aws: LocalAws) -> None:
    recovery = {"PointInTimeRecoveryEnabled": True}
    table = _table(
        "set", PointInTimeRecoverySpecification=recovery, TimeToLiveSpecification=EXPIRING
    )
    aws.stack("set-table", {"Table": table})
    described = aws.client("dynamodb").describe_continuous_backups(TableName="set")
    status = described["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert status["PointInTimeRecoveryStatus"] == "ENABLED"
    ttl = aws.client("dynamodb").describe_time_to_live(TableName="set")
    assert ttl["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "ExpiresAt",
    }


def test_an_expiry_is_switched_off_but_not_left_out(aws: LocalAws) -> None:
    aws.stack("expiring", {"Table": _table("expiring", TimeToLiveSpecification=EXPIRING)})
    assert _update(aws, "expiring", _table("expiring")) == "UPDATE_ROLLBACK_COMPLETE"
    assert "AttributeName property of TimeToLiveSpecification" in aws.failures("expiring")["Table"]
    assert _expiry(aws, "expiring") == "ENABLED"
    off = _table("expiring", TimeToLiveSpecification={**EXPIRING, "Enabled": False})
    assert _update(aws, "expiring", off) == "UPDATE_COMPLETE"
    assert _expiry(aws, "expiring") == "DISABLED"


def test_a_protected_table_is_not_deleted_with_its_stack(aws: LocalAws) -> None:
    aws.stack("protected", {"Table": _table("protected", DeletionProtectionEnabled=True)})
    assert aws.delete_stack("protected") == "DELETE_FAILED"
    assert PROTECTED in aws.failures("protected")["Table"]
    dynamodb = aws.client("dynamodb")
    assert PROTECTED in refusal(dynamodb.delete_table, TableName="protected")
    dynamodb.update_table(TableName="protected", DeletionProtectionEnabled=False)
    assert aws.delete_stack("protected") == "DELETE_COMPLETE"
    assert "ResourceNotFound" in refusal(dynamodb.describe_table, TableName="protected")


def test_a_table_that_is_gone_is_no_obstacle_to_its_stack(aws: LocalAws) -> None:
    aws.stack("gone", {"Table": _table("gone")})
    aws.client("dynamodb").delete_table(TableName="gone")
    assert aws.delete_stack("gone") == "DELETE_COMPLETE"


@pytest.fixture
def retained(aws: LocalAws, request: pytest.FixtureRequest) -> str:
    """Name of a table with an item, which a deleted stack left behind."""
    name = f"kept-{abs(hash(request.node.name))}"
    aws.stack(name, {"Table": _table(name, attributes={"DeletionPolicy": "Retain"})})
    aws.client("dynamodb").put_item(TableName=name, Item={"Id": {"S": "old"}})
    assert aws.delete_stack(name) == "DELETE_COMPLETE"
    return name


def _change_set(aws: LocalAws, name: str, policy: str, keys: Any = None, **more: Any) -> Any:
    cloudformation = aws.client("cloudformation", keys)
    table = _table(name, attributes={"DeletionPolicy": policy})
    created = cloudformation.create_change_set(
        StackName=f"again-{name}",
        ChangeSetName="again",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": {"Table": table}}),
        **more,
    )
    return cloudformation.describe_change_set(ChangeSetName=created["Id"])


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_a_retained_table_is_adopted_with_its_items(
    aws: LocalAws, retained: str, policy: str
) -> None:
    described = _change_set(aws, retained, policy, ImportExistingResources=True)
    cloudformation, dynamodb = aws.client("cloudformation"), aws.client("dynamodb")
    (change,) = described["Changes"]
    assert change["ResourceChange"]["Action"] == "Import"
    cloudformation.execute_change_set(ChangeSetName=described["ChangeSetId"])
    assert aws.settled(f"again-{retained}")["StackStatus"] == "CREATE_COMPLETE"
    assert dynamodb.get_item(TableName=retained, Key={"Id": {"S": "old"}})["Item"]
    # It is the stack's now, which cares for it as for one that it made.
    assert aws.delete_stack(f"again-{retained}") == "DELETE_COMPLETE"
    assert dynamodb.describe_table(TableName=retained)["Table"]["TableName"] == retained


def test_who_does_not_ask_for_adoption_finds_the_name_taken(aws: LocalAws, retained: str) -> None:
    change_set = _change_set(aws, retained, "Retain")["ChangeSetId"]
    aws.client("cloudformation").execute_change_set(ChangeSetName=change_set)
    stack = f"again-{retained}"
    assert aws.settled(stack)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "already exists" in aws.failures(stack)["Table"]


def test_what_would_not_be_retained_is_not_adopted(aws: LocalAws, retained: str) -> None:
    described = _change_set(aws, retained, "Delete", ImportExistingResources=True)
    assert (described["Status"], described["Changes"]) == ("FAILED", [])
    assert "DeletionPolicy attribute set to 'Retain'" in described["StatusReason"]


def test_an_adoption_reads_the_table_with_the_permissions_of_its_stack(
    aws: LocalAws, retained: str
) -> None:
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{retained}"
    _role, keys = aws.session(f"adopts-{retained}", allow("cloudformation:*"))
    described = _change_set(aws, retained, "Retain", keys, ImportExistingResources=True)
    adopt = aws.client("cloudformation", keys).execute_change_set
    adopt(ChangeSetName=described["ChangeSetId"])
    assert aws.settled(f"again-{retained}")["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = aws.failures(f"again-{retained}")["Table"]
    assert f"is not authorized to perform: dynamodb:DescribeTable on resource: {table}" in reason
