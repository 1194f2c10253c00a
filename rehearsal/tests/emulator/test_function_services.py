"""What the shared functions use beyond their work: a table, parameters by path, metrics, alarms."""

from __future__ import annotations

from typing import Any

from rehearsal.tests.emulator.local_aws import LocalAws, allow, trust

_ARN = "arn:aws:{}:eu-west-1:111122223333:{}"
_ITEM = {"ModelPackageArn": {"S": "arn:x"}, "State": {"S": "starting"}, "ClaimedAt": {"N": "100"}}
_KEY = {"ModelPackageArn": {"S": "arn:x"}}
_ABSENT = "attribute_not_exists(ModelPackageArn)"


def test_a_claim_is_made_once(call: Any) -> None:
    put = {"TableName": "claims", "Item": _ITEM, "ConditionExpression": _ABSENT}
    assert call("dynamodb", "put_item", **put) == {"answer": {}}
    assert "ConditionalCheckFailedException" in call("dynamodb", "put_item", **put)["error"]
    key = {"TableName": "claims", "Key": _KEY}
    assert call("dynamodb", "get_item", **key, ConsistentRead=True)["answer"]["Item"] == _ITEM
    take_over = {
        **key,
        "UpdateExpression": "SET ClaimedAt = :now",
        "ConditionExpression": "ClaimedAt = :was",
    }
    old = {":was": {"N": "100"}, ":now": {"N": "200"}}
    assert "answer" in call("dynamodb", "update_item", **take_over, ExpressionAttributeValues=old)
    again = call("dynamodb", "update_item", **take_over, ExpressionAttributeValues=old)
    assert "ConditionalCheckFailedException" in again["error"]
    assert "answer" in call("dynamodb", "delete_item", **key)
    assert "Item" not in call("dynamodb", "get_item", **key)["answer"]


def test_the_role_decides_on_tables(call: Any) -> None:
    denied = call("dynamodb", "put_item", TableName="others", Item=_ITEM)["error"]
    assert "not authorized to perform: dynamodb:PutItem" in denied
    assert "not authorized" in call("dynamodb", "scan", TableName="claims")["error"]


def test_stacks_are_deleted_by_name_and_followed_by_id(aws: LocalAws, call: Any) -> None:
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    name = "mlops-p-0123456789ab-dev"
    cloudformation = trust({"Service": "cloudformation.amazonaws.com"})
    maker = aws.role("topic-maker", cloudformation, allow("sns:*"))
    for stack in (name, "mlops-other-dev"):
        aws.stack(stack, topic, RoleARN=maker)
    stack_id = call("cloudformation", "describe_stacks", StackName=name)["answer"]["Stacks"][0][
        "StackId"
    ]
    assert call("cloudformation", "delete_stack", StackName=name) == {"answer": {}}
    aws.settled(stack_id)
    found = call("cloudformation", "describe_stacks", StackName=stack_id)["answer"]["Stacks"]
    assert found[0]["StackStatus"] == "DELETE_COMPLETE"
    assert "does not exist" in call("cloudformation", "describe_stacks", StackName=name)["error"]
    denied = call("cloudformation", "delete_stack", StackName="mlops-other-dev")["error"]
    assert "not authorized to perform: cloudformation:DeleteStack" in denied
