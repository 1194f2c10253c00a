"""In which status a stack cleans up, and when it is not deleted."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import LocalAws, allow, trust


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


def test_a_refused_deletion_in_the_cleanup_has_begun(aws: LocalAws) -> None:
    """As any other has; then it has failed, and the update has not."""
    service = trust({"Service": "cloudformation.amazonaws.com"})
    deleting = {**allow("sqs:DeleteQueue"), "Effect": "Deny"}
    keeper = aws.role(
        "deletes-no-queue", service, allow(["sqs:*", "sns:*", "iam:GetRole"]), deleting
    )
    topic, queue = {"Type": "AWS::SNS::Topic"}, {"Type": "AWS::SQS::Queue"}
    aws.stack("keeps-queue", {"T": topic, "Q": queue}, RoleARN=keeper)
    cloudformation = aws.client("cloudformation")
    body = json.dumps({"Resources": {"T": topic}})
    cloudformation.update_stack(StackName="keeps-queue", TemplateBody=body)
    assert aws.settled("keeps-queue")["StackStatus"] == "UPDATE_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="keeps-queue")["StackEvents"]
    of_queue = [e["ResourceStatus"] for e in events if e["LogicalResourceId"] == "Q"]
    assert of_queue[:2] == ["DELETE_FAILED", "DELETE_IN_PROGRESS"]
