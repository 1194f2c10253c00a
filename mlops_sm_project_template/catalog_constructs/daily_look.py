"""The function that looks once a day at the projects' GitHub tokens and endpoints."""

import json

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from constructs import Construct

from mlops_sm_project_template.catalog_constructs.lambda_function import LambdaFunction
from mlops_sm_project_template.config import names

_DAY_SECONDS = 24 * 3600
_DAYS_BEFORE = 14
_IDLE_DAYS = 14


class DailyLook(Construct):
    """Runs the function daily, once for each look.

    An alarm goes off two weeks before the first token runs out; another when the first endpoint
    costs money and was asked by nobody for two weeks. One alarm tells of all endpoints, and with
    its metric it costs $0.40 a month at most; one for each would cost more than the registration.
    """

    def __init__(self, scope: Construct, id_: str, *, function: LambdaFunction) -> None:
        super().__init__(scope, id_)
        arn = function.resource.get_att("Arn").to_string()
        rule = events.CfnRule(
            self,
            "Daily",
            description="Look at the GitHub tokens and at the endpoints of all projects",
            schedule_expression="rate(1 day)",
            targets=[
                events.CfnRule.TargetProperty(id="tokens", arn=arn),
                events.CfnRule.TargetProperty(
                    id="endpoints", arn=arn, input=json.dumps({"Look": "endpoints"})
                ),
            ],
        )
        function.let_invoke(self, rule)
        self._build_expiry_alarm()
        self._build_idle_alarm()

    def _build_expiry_alarm(self) -> None:
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

    def _build_idle_alarm(self) -> None:
        cloudwatch.CfnAlarm(
            self,
            "Idle",
            alarm_description=(
                f"Nobody asked an endpoint of a project for {_IDLE_DAYS} days, and it costs money; "
                "`make fleet` names it and what it costs, and so does the log group "
                f"/aws/lambda/{names.TOKEN_FUNCTION}"
            ),
            namespace=names.METRIC_NAMESPACE,
            metric_name=names.IDLE_METRIC,
            statistic="Maximum",
            period=_DAY_SECONDS,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            # A look that comes a minute late must not end the alarm and begin it again.
            treat_missing_data="ignore",
        )
