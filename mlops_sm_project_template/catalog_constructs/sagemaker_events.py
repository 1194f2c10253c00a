"""What the dispatch function is called for: SageMaker's events, those of the stages, and the clock.

It decides on what it finds, so an event only says that it is time to look. What no event tells of,
a run that never started for instance, is found at the next of the looks by the clock.
"""

from typing import Any

from aws_cdk import aws_events as events
from constructs import Construct

from mlops_sm_project_template.catalog_constructs.failure_queue import FailureQueue
from mlops_sm_project_template.catalog_constructs.lambda_function import LambdaFunction
from mlops_sm_project_template.config import names
from mlops_sm_project_template.policy_statements import allow

_APPROVALS = {
    "source": ["aws.sagemaker"],
    "detail-type": ["SageMaker Model Package State Change"],
    # Every decision, since a version that is rejected and approved again is to be deployed again.
    "detail": {"ModelApprovalStatus": ["Approved", "Rejected", "PendingManualApproval"]},
}
_EXECUTIONS = {
    "source": ["aws.sagemaker"],
    "detail-type": ["SageMaker Model Building Pipeline Execution Status Change"],
    "detail": {"currentPipelineExecutionStatus": ["Executing", "Succeeded", "Failed", "Stopped"]},
}
_REPORTS = {
    "source": [{"prefix": names.REPORT_SOURCES}],
    "detail-type": [names.REPORT_EVENT],
}
_LOOKS = "rate(10 minutes)"


class SagemakerEvents(Construct):
    """Rules to the dispatch function; what EventBridge cannot deliver goes into a queue."""

    def __init__(self, scope: Construct, id_: str, *, dispatch: LambdaFunction) -> None:
        super().__init__(scope, id_)
        self._dispatch = dispatch
        self.undelivered = FailureQueue(
            self,
            "Undelivered",
            meaning="EventBridge could not deliver an event to the dispatch function",
        )
        rules = [
            self._pattern("Approval", "A model was approved, or no longer is", _APPROVALS),
            self._pattern("Report", "A deployment to a stage ended", _REPORTS),
            self._pattern("Execution", "A pipeline runs or ended: tell its commit", _EXECUTIONS),
            self._rule("Look", "Look at what is under way", schedule_expression=_LOOKS),
        ]
        self.undelivered.protect(
            allow(
                ["sqs:SendMessage"],
                [self.undelivered.arn],
                conditions={"ArnEquals": {"aws:SourceArn": [rule.attr_arn for rule in rules]}},
            )
            | {"Principal": {"Service": "events.amazonaws.com"}}
        )

    def _pattern(self, id_: str, description: str, pattern: dict[str, Any]) -> events.CfnRule:
        return self._rule(id_, description, event_pattern=pattern)

    def _rule(self, id_: str, description: str, **when: Any) -> events.CfnRule:
        target = events.CfnRule.TargetProperty(
            id="dispatch",
            arn=self._dispatch.resource.get_att("Arn").to_string(),
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self.undelivered.arn),
        )
        rule = events.CfnRule(self, id_, description=description, targets=[target], **when)
        self._dispatch.let_invoke(self, rule)
        return rule
