"""Lets the number of instances follow the requests."""

from aws_cdk.aws_applicationautoscaling import CfnScalableTarget, CfnScalingPolicy
from aws_cdk.aws_sagemaker import CfnEndpoint

from deploy_endpoint.settings.serving_settings import Autoscaling

# Grow soon, since requests wait meanwhile; shrink late, since a new instance takes minutes.
_SCALE_OUT_COOLDOWN_SECONDS = 60
_SCALE_IN_COOLDOWN_SECONDS = 300


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
