"""The topic of somebody's choice that hears of every alarm, and of what the stages come to."""

from typing import Any

from aws_cdk import Acknowledgment, CfnCondition, CfnParameter, Fn, Stack, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam

from mlops_sm_project_template.policy_statements import allow, allow_key_of_topic, document

_TOPIC = "^$|^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$"


class AlarmTopic:
    """The topic of the settings, or else of the stack's parameter `AlarmTopicArn`.

    Args:
        stack: whose alarms they are.
        setting: ARN of the topic; empty if the settings name none. A parameter keeps its value
            from one deployment to the next, also one that somebody set by hand, so it stays.

    Attributes:
        arn: as it is given; empty for none.
    """

    def __init__(self, stack: Stack, setting: str = "") -> None:
        self._stack = stack
        parameter = CfnParameter(
            stack,
            "AlarmTopicArn",
            type="String",
            default="",
            description="SNS topic that every alarm notifies unless the registration's settings "
            "name one; empty for none",
            allowed_pattern=_TOPIC,
            constraint_description="must be empty or the ARN of an SNS topic",
        )
        self.arn = setting or parameter.value_as_string
        self._given = None if setting else _is_given(stack, self.arn)

    def let_publish(self, role: iam.Role) -> None:
        """Let a role publish, by a policy that is there only when a topic is."""
        policy = iam.CfnPolicy(
            self._stack,  # not of the role: what waits for that may not wait for what may be absent
            "Notices",
            policy_name="notices",
            policy_document=document(
                allow(["sns:Publish"], [self.arn]), allow_key_of_topic(self.arn)
            ),
            roles=[role.role_name],
        )
        if self._given is not None:
            policy.cfn_options.condition = self._given

    def hear_alarms(self) -> None:
        """Give all alarms made so far the topic."""
        actions: Any = [self.arn]
        if self._given is not None:
            actions = {"Fn::If": [self._given.logical_id, actions, {"Ref": "AWS::NoValue"}]}
        default_is_no_action = Acknowledgment(
            id="CloudFormation-Validate::F3033",
            reason="An empty AlarmTopicArn never becomes an action; "
            "the check overlooks the condition",
        )
        for construct in self._stack.node.find_all():
            if isinstance(construct, cloudwatch.CfnAlarm):
                construct.add_property_override("AlarmActions", actions)
                Validations.of(construct).acknowledge(default_is_no_action)


def _is_given(stack: Stack, arn: str) -> CfnCondition:
    is_given = Fn.condition_not(Fn.condition_equals(arn, ""))
    return CfnCondition(stack, "AlarmTopicIsGiven", expression=is_given)
