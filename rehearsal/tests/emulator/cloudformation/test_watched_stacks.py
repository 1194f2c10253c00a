"""What the rehearsal's display names while a stack of the local AWS is made."""

from __future__ import annotations

import json

from rehearsal.conductor.waiting.watches import watch_stack, watch_stacks
from rehearsal.tests.emulator.local_aws import LocalAws, wait_for


def test_the_resource_that_is_made_is_named(aws: LocalAws) -> None:
    cloudformation = aws.client("cloudformation")
    waiting = {"Handle": {"Ref": "Handle"}, "Timeout": "3"}
    resources = {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Never": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": waiting},
    }
    stack = cloudformation.create_stack(
        StackName="watched",
        TemplateBody=json.dumps({"Resources": resources}),
        OnFailure="DELETE",
    )
    told = "CloudFormation makes Never (AWS::CloudFormation::WaitCondition)"
    for watch in (watch_stack(cloudformation, lambda: "watched"), watch_stacks(cloudformation)):
        wait_for(lambda watch=watch: (seen := watch()) and told in seen.step, what=told)
    assert aws.settled(stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert told not in str(watch_stacks(cloudformation)())
