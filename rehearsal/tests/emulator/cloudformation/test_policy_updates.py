"""Policies of a resource change only together with something else."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import LocalAws


def _update(aws: LocalAws, **changed: object) -> None:
    resource = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "policies"}, **changed}
    template = {"Resources": {"Queue": resource}}
    client = aws.client("cloudformation")
    client.update_stack(StackName="policies", TemplateBody=json.dumps(template))
    client.get_waiter("stack_update_complete").wait(
        StackName="policies", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )


def test_a_deletion_policy_alone_is_no_update(aws: LocalAws) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "policies"}}
    aws.stack("policies", {"Queue": queue})
    with pytest.raises(ClientError, match="No updates are to be performed"):
        _update(aws, DeletionPolicy="Retain")
    _update(
        aws,
        DeletionPolicy="Retain",
        Properties={"QueueName": "policies", "VisibilityTimeout": 60},
    )
    aws.client("cloudformation").delete_stack(StackName="policies")
    aws.client("cloudformation").get_waiter("stack_delete_complete").wait(
        StackName="policies", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    assert aws.client("sqs").get_queue_url(QueueName="policies")["QueueUrl"]
