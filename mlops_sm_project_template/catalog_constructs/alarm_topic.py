"""The topic of somebody's choice that hears of every alarm, and of what the stages come to."""

from aws_cdk import Acknowledgment, CfnCondition, CfnParameter, Fn, Stack, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam

from mlops_sm_project_template.policy_statements import allow, allow_key_of_topic, document

_TOPIC = "^$|^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$"


class AlarmTopic:
    """The stack's parameter `AlarmTopicArn`, which may be empty.

    Attributes:
        arn: as it is given; empty for none.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        parameter = CfnParameter(
            stack,
            "AlarmTopicArn",
            type="String",
            default="",
            description="SNS topic that every alarm notifies; empty for none",
            allowed_pattern=_TOPIC,
            constraint_description="must be empty or the ARN of an SNS topic",
        )
        self.arn = parameter.value_as_string
        self._given = CfnCondition(
            stack,
            "AlarmTopicIsGiven",
            expression=Fn.condition_not(Fn.condition_equals(self.arn, "")),
        )

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
        policy.cfn_options.condition = self._given

    def hear_alarms(self) -> None:
        """Give all alarms made so far the topic."""
        given = self._given.logical_id
        actions = {"Fn::If": [given, [self.arn], {"Ref": "AWS::NoValue"}]}
        default_is_no_action = Acknowledgment(
            id="CloudFormation-Validate::F3033",
            reason="An empty AlarmTopicArn never becomes an action; "
            "the check overlooks the condition",
        )
        for construct in self._stack.node.find_all():
            if isinstance(construct, cloudwatch.CfnAlarm):
                construct.add_property_override("AlarmActions", actions)
                Validations.of(construct).acknowledge(default_is_no_action)
