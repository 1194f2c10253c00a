"""Tells a topic of somebody's choice about every alarm of the stack."""

from aws_cdk import Acknowledgment, CfnCondition, CfnParameter, Fn, Stack, Validations
from aws_cdk import aws_cloudwatch as cloudwatch

_TOPIC = "^$|^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$"


def notify_topic(stack: Stack) -> None:
    """Give the stack the parameter `AlarmTopicArn`, and all alarms made so far its topic."""
    topic = CfnParameter(
        stack,
        "AlarmTopicArn",
        type="String",
        default="",
        description="SNS topic that every alarm notifies; empty for none",
        allowed_pattern=_TOPIC,
        constraint_description="must be empty or the ARN of an SNS topic",
    )
    given = CfnCondition(
        stack,
        "AlarmTopicIsGiven",
        expression=Fn.condition_not(Fn.condition_equals(topic.value_as_string, "")),
    )
    actions = {"Fn::If": [given.logical_id, [topic.value_as_string], {"Ref": "AWS::NoValue"}]}
    default_is_no_action = Acknowledgment(
        id="CloudFormation-Validate::F3033",
        reason="An empty AlarmTopicArn never becomes an action; the check overlooks the condition",
    )
    for construct in stack.node.find_all():
        if isinstance(construct, cloudwatch.CfnAlarm):
            construct.add_property_override("AlarmActions", actions)
            Validations.of(construct).acknowledge(default_is_no_action)
