"""Tells people that a stage of a project needs them."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from mlops_sm_project_template.config import names

_PERIOD_SECONDS = 300


class StagesAlarm(Construct):
    """Raised when the dispatch function finds what it cannot settle by itself."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        cloudwatch.CfnAlarm(
            self,
            "Attention",
            alarm_description=(
                "A stage of a project needs people; the log group "
                f"/aws/lambda/{names.DISPATCH_FUNCTION} says which and what to do, and so does "
                "`make status` of the project"
            ),
            namespace=names.METRIC_NAMESPACE,
            metric_name=names.ATTENTION_METRIC,
            statistic="Sum",
            period=_PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
        )
