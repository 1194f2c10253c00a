"""A queue for what could not be handled, with an alarm that says so."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from mlops_sm_project_template.policy_statements import Statement, document

_RETENTION_SECONDS = 14 * 24 * 3600
_PERIOD_SECONDS = 300


class FailureQueue(Construct):
    """Keeps each failed event for two weeks, encrypted, for somebody to look at and replay."""

    def __init__(self, scope: Construct, id_: str, *, meaning: str) -> None:
        super().__init__(scope, id_)
        self._queue = sqs.CfnQueue(
            self,
            "Queue",
            message_retention_period=_RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
        )
        self.arn = self._queue.attr_arn
        self.url = self._queue.ref
        self._build_alarm(meaning)

    def protect(self, *senders: Statement) -> None:
        """Refuse plain connections, and let in services that come without a role of ours."""
        sqs.CfnQueuePolicy(
            self,
            "Policy",
            queues=[self._queue.ref],
            policy_document=document(
                *senders,
                {
                    "Effect": "Deny",
                    # A prohibition holds for every action and everybody.
                    "Action": "sqs:*",
                    "Principal": {"AWS": "*"},
                    "Resource": self.arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ),
        )

    def _build_alarm(self, meaning: str) -> None:
        cloudwatch.CfnAlarm(
            self,
            "Alarm",
            alarm_description=meaning,
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(
                    name="QueueName", value=self._queue.attr_queue_name
                )
            ],
            statistic="Maximum",
            period=_PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
        )
