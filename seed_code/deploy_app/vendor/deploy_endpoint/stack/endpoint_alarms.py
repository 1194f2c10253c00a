"""Alarms on the instances that serve the newest endpoint configuration."""

from aws_cdk import Stack
from aws_cdk.aws_cloudwatch import CfnAlarm
from aws_cdk.aws_sagemaker import CfnEndpointConfig
from constructs import Construct

from deploy_endpoint.settings.deployment_settings import Alarms


def build_alarms(
    scope: Construct,
    alarms: Alarms,
    *,
    endpoint_name: str,
    variant_name: str,
    config: CfnEndpointConfig,
) -> list[CfnAlarm]:
    """Make the alarms that bring the old model back.

    They watch the new configuration alone: errors of the old model must neither hide behind the
    new one's answers nor break off the deployment that would mend them.
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    """
    watched = {
        "namespace": "AWS/SageMaker",
        "dimensions": [
            CfnAlarm.DimensionProperty(name="EndpointName", value=endpoint_name),
            CfnAlarm.DimensionProperty(name="VariantName", value=variant_name),
            CfnAlarm.DimensionProperty(
                name="EndpointConfigName", value=config.attr_endpoint_config_name
            ),
        ],
        "period": 60,
        "evaluation_periods": 1,
        "comparison_operator": "GreaterThanThreshold",
        "treat_missing_data": "notBreaching",
    }
    made = [
        CfnAlarm(
            scope,
            "ErrorsAlarm",
            alarm_name=f"{Stack.of(scope).stack_name}-errors",
            alarm_description=f"Over {alarms.errors_percent} % of a minute's answers were 5xx",
            metric_name="Invocation5XXErrors",
            # Each request counts as 0 or 1, so the average is the share of errors.
            statistic="Average",
            threshold=alarms.errors_percent / 100,
            **watched,
        )
    ]
    if alarms.latency_ms is not None:
        made.append(
            CfnAlarm(
                scope,
                "LatencyAlarm",
                alarm_name=f"{Stack.of(scope).stack_name}-latency",
                alarm_description=f"The model's p99 of a minute was over {alarms.latency_ms} ms",
                metric_name="ModelLatency",
                extended_statistic="p99",
                # The metric is in microseconds.
                threshold=alarms.latency_ms * 1000,
                **watched,
            )
        )
    return made
