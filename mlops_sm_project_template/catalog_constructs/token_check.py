"""The function that looks once a day how long the projects' GitHub tokens are still good."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from constructs import Construct

from mlops_sm_project_template.catalog_constructs.lambda_function import LambdaFunction
from mlops_sm_project_template.config import names

_DAY_SECONDS = 24 * 3600
_DAYS_BEFORE = 14


class TokenCheck(Construct):
    """Runs the function daily, and raises an alarm two weeks before the first token runs out."""

    def __init__(self, scope: Construct, id_: str, *, function: LambdaFunction) -> None:
        super().__init__(scope, id_)
        rule = events.CfnRule(
            self,
            "Daily",
            description="Look how long the GitHub tokens of all projects are still good",
            schedule_expression="rate(1 day)",
            targets=[
                events.CfnRule.TargetProperty(
                    id="tokens", arn=function.resource.get_att("Arn").to_string()
                )
            ],
        )
        function.let_invoke(self, rule)
        self._build_alarm()

    def _build_alarm(self) -> None:
        cloudwatch.CfnAlarm(
            self,
            "Expiry",
            alarm_description=(
                f"A GitHub token of a project runs out within {_DAYS_BEFORE} days; the log group "
                f"/aws/lambda/{names.TOKEN_FUNCTION} names the project and the remedy"
            ),
            namespace=names.METRIC_NAMESPACE,
            metric_name=names.DAYS_LEFT_METRIC,
            statistic="Minimum",
            period=_DAY_SECONDS,
            evaluation_periods=1,
            threshold=_DAYS_BEFORE,
            comparison_operator="LessThanThreshold",
            treat_missing_data="notBreaching",
        )
