"""What instances have beyond their number: how they change, what they must not exceed, scaling."""

from collections.abc import Sequence
from typing import Any, assert_never

from aws_cdk import Stack
from aws_cdk.aws_applicationautoscaling import CfnScalableTarget, CfnScalingPolicy
from aws_cdk.aws_cloudwatch import CfnAlarm
from aws_cdk.aws_sagemaker import CfnEndpoint, CfnEndpointConfig
from constructs import Construct

from deploy_endpoint.settings.serving_settings import (
    Alarms,
    AllAtOnce,
    Autoscaling,
    Canary,
    Deployment,
    Linear,
    Rolling,
)

# What instances need to start, and a fleet to be replaced, on top of the time to bake.
_START_SECONDS = 3600
# Grow soon, since requests wait meanwhile; shrink late, since a new instance takes minutes.
_SCALE_OUT_COOLDOWN_SECONDS = 60
_SCALE_IN_COOLDOWN_SECONDS = 300


def deployment_config(
    deployment: Deployment, *, instances: int, alarms: Sequence[CfnAlarm]
) -> CfnEndpoint.DeploymentConfigProperty | None:
    """Say how SageMaker moves from one model to the next; None leaves it to its default."""
    if not alarms:
        return None
    bake_seconds = deployment.bake_minutes * 60
    limit_seconds = deployment.steps(instances) * bake_seconds + _START_SECONDS
    rollback = CfnEndpoint.AutoRollbackConfigProperty(
        alarms=[CfnEndpoint.AlarmProperty(alarm_name=alarm.ref) for alarm in alarms]
    )
    if isinstance(deployment, Rolling):
        return CfnEndpoint.DeploymentConfigProperty(
            auto_rollback_configuration=rollback,
            rolling_update_policy=CfnEndpoint.RollingUpdatePolicyProperty(
                maximum_batch_size=_share(deployment.batch_percent),
                wait_interval_in_seconds=bake_seconds,
                maximum_execution_timeout_in_seconds=limit_seconds,
            ),
        )
    return CfnEndpoint.DeploymentConfigProperty(
        auto_rollback_configuration=rollback,
        blue_green_update_policy=CfnEndpoint.BlueGreenUpdatePolicyProperty(
            traffic_routing_configuration=_routing(deployment, bake_seconds),
            # The old instances stay for the last bake, so that a rollback finds them running.
            termination_wait_in_seconds=bake_seconds,
            maximum_execution_timeout_in_seconds=limit_seconds,
        ),
    )


def _routing(
    deployment: AllAtOnce | Canary | Linear, bake_seconds: int
) -> CfnEndpoint.TrafficRoutingConfigProperty:
    match deployment:
        case AllAtOnce():
            return CfnEndpoint.TrafficRoutingConfigProperty(type="ALL_AT_ONCE")
        case Canary():
            return CfnEndpoint.TrafficRoutingConfigProperty(
                type="CANARY",
                canary_size=_share(deployment.canary_percent),
                wait_interval_in_seconds=bake_seconds,
            )
        case Linear():
            return CfnEndpoint.TrafficRoutingConfigProperty(
                type="LINEAR",
                linear_step_size=_share(deployment.step_percent),
                wait_interval_in_seconds=bake_seconds,
            )
    assert_never(deployment)


def _share(percent: int) -> CfnEndpoint.CapacitySizeProperty:
    return CfnEndpoint.CapacitySizeProperty(type="CAPACITY_PERCENT", value=percent)


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
    watched = _each_minute(
        EndpointName=endpoint_name,
        VariantName=variant_name,
        EndpointConfigName=config.attr_endpoint_config_name,
    )
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


def _each_minute(**dimensions: str) -> dict[str, Any]:
    """Watch a metric of SageMaker, in each minute that has one."""
    return {
        "namespace": "AWS/SageMaker",
        "dimensions": [
            CfnAlarm.DimensionProperty(name=name, value=value) for name, value in dimensions.items()
        ],
        "period": 60,
        "evaluation_periods": 1,
        "comparison_operator": "GreaterThanThreshold",
        "treat_missing_data": "notBreaching",
    }


def build_scaling(
    endpoint: CfnEndpoint, scaling: Autoscaling, *, resource_id: str, min_instances: int
) -> None:
    """Register the endpoint's variant, once it exists, and add the policy."""
    target = CfnScalableTarget(
        endpoint.stack,
        "ScalableTarget",
        service_namespace="sagemaker",
        scalable_dimension="sagemaker:variant:DesiredInstanceCount",
        resource_id=resource_id,
        min_capacity=min_instances,
        max_capacity=scaling.max_instances,
    )
    target.add_resource_dependency(endpoint)
    CfnScalingPolicy(
        endpoint.stack,
        "ScalingPolicy",
        policy_name="invocations-per-instance",
        policy_type="TargetTrackingScaling",
        scaling_target_id=target.ref,
        target_tracking_scaling_policy_configuration=(
            CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
                predefined_metric_specification=(
                    CfnScalingPolicy.PredefinedMetricSpecificationProperty(
                        predefined_metric_type="SageMakerVariantInvocationsPerInstance"
                    )
                ),
                target_value=scaling.invocations_per_instance_per_minute,
                scale_out_cooldown=_SCALE_OUT_COOLDOWN_SECONDS,
                scale_in_cooldown=_SCALE_IN_COOLDOWN_SECONDS,
            )
        ),
    )
