"""The deployment policy of a stage in the words of SageMaker's API."""

from collections.abc import Sequence
from typing import assert_never

from aws_cdk.aws_cloudwatch import CfnAlarm
from aws_cdk.aws_sagemaker import CfnEndpoint

from deploy_endpoint.settings.deployment_settings import (
    AllAtOnce,
    Canary,
    Deployment,
    Linear,
    Rolling,
)

# What instances need to start, and a fleet to be replaced, on top of the time to bake.
_START_SECONDS = 3600


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
