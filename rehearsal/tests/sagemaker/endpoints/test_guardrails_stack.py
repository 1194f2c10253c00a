"""A stack with a guarded endpoint, its alarm and its scaling, made by a role with just enough."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import allow, policy, trust, wait_for
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws
from rehearsal.tests.sagemaker.versions import VARIANT, Versions, blue_green, guarded

_STACK = "guarded-stack"
_ALARM = "guarded-stack-errors"
_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_ROLE_PATH = "role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com"


@pytest.fixture(scope="module")
def versions(aws: SageMakerAws) -> Iterator[Versions]:
    made = Versions(aws)
    yield made
    made.close()


def _template(config: str) -> dict[str, Any]:
    dimensions = {"EndpointName": "guarded", "VariantName": VARIANT}
    alarm = {
        "AlarmName": _ALARM,
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocation5XXErrors",
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Statistic": "Average",
        "Period": 1800,
        "EvaluationPeriods": 1,
        "Threshold": 0.05,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "Tags": [{"Key": "mlops:stage", "Value": "prod"}],
    }
    deployment = guarded(blue_green("CANARY", 3600, CanarySize=50), _ALARM)
    endpoint = {
        "EndpointName": "guarded",
        "EndpointConfigName": config,
        "DeploymentConfig": deployment,
    }
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/guarded/variant/{VARIANT}",
        "ScalableDimension": _DIMENSION,
        "MinCapacity": "2",
        "MaxCapacity": "4",
    }
    tracking = {
        "TargetValue": 600,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
    }
    scaling = {
        "PolicyName": "by-requests",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": {"Ref": "Target"},
        "TargetTrackingScalingPolicyConfiguration": tracking,
    }
    scalable = "AWS::ApplicationAutoScaling::"
    return {
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
        "Endpoint": {
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": endpoint,
            "DependsOn": "Alarm",
        },
        "Target": {
            "Type": f"{scalable}ScalableTarget",
            "Properties": target,
            "DependsOn": "Endpoint",
        },
        "Policy": {"Type": f"{scalable}ScalingPolicy", "Properties": scaling},
    }


def _on_tracking() -> dict[str, Any]:
    actions = ["PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"]
    place = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:TargetTracking-endpoint/guarded/*"
    return allow([f"cloudwatch:{action}" for action in actions], place)


def _statements() -> list[dict[str, Any]]:
    """What the role of the stack needs, on the ARNs that it needs it for."""
    place = "eu-west-1:111122223333"
    alarm = ["PutMetricAlarm", "DescribeAlarms", "DeleteAlarms", "TagResource", "UntagResource"]
    alarm_actions = [f"cloudwatch:{action}" for action in [*alarm, "ListTagsForResource"]]
    endpoint = ["CreateEndpoint", "UpdateEndpoint", "DeleteEndpoint", "DescribeEndpoint"]
    endpoint += ["UpdateEndpointWeightsAndCapacities", "AddTags", "DeleteTags", "ListTags"]
    scaling = ["RegisterScalableTarget", "DeregisterScalableTarget", "PutScalingPolicy"]
    scaling += ["DeleteScalingPolicy", "ListTagsForResource"]
    reading = ["DescribeScalableTargets", "DescribeScalingPolicies", "DescribeScheduledActions"]
    role = f"arn:aws:iam::111122223333:{_ROLE_PATH}/*"
    return [
        allow(alarm_actions, f"arn:aws:cloudwatch:{place}:alarm:guarded-stack-*"),
        allow([f"sagemaker:{action}" for action in endpoint], f"arn:aws:sagemaker:{place}:*"),
        {
            **allow(
                [f"application-autoscaling:{action}" for action in scaling],
                f"arn:aws:application-autoscaling:{place}:scalable-target/*",
            ),
        },
        allow([f"application-autoscaling:{action}" for action in reading]),
        allow("cloudwatch:GetMetricData"),
        {
            **allow("iam:CreateServiceLinkedRole", role),
            "Condition": {
                "StringEquals": {
                    "iam:AWSServiceName": "sagemaker.application-autoscaling.amazonaws.com"
                }
            },
        },
    ]


def test_a_guarded_endpoint_rolls_its_stack_back(aws: SageMakerAws, versions: Versions) -> None:
    blue, green = versions.config("stack-blue"), versions.config("stack-green")
    service = trust({"Service": "cloudformation.amazonaws.com"})
    role = aws.role("guarded-stack", service, *_statements())
    refused = aws.stack(_STACK, _template(blue), RoleARN=role)
    assert refused["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "cloudwatch:PutMetricAlarm" in "".join(aws.failures(_STACK).values())
    aws.delete_stack(_STACK)
    aws.client("iam").put_role_policy(
        RoleName="guarded-stack",
        PolicyName="p",
        PolicyDocument=policy(*_statements(), _on_tracking()),
    )
    made = aws.stack(_STACK, _template(blue), RoleARN=role)
    assert made["StackStatus"] == "CREATE_COMPLETE", aws.failures(_STACK)
    scaling = aws.client("application-autoscaling")
    resource = {"ServiceNamespace": "sagemaker", "ResourceId": _resource()}
    found = scaling.describe_scaling_policies(**resource)["ScalingPolicies"]
    assert [policy["PolicyName"] for policy in found] == ["by-requests"]

    cloudformation = aws.client("cloudformation")
    body = json.dumps({"Resources": _template(green)})
    cloudformation.update_stack(StackName=_STACK, TemplateBody=body)
    versions.wait_for_status("guarded", "Baking")

    def rolled_back() -> bool:
        with pytest.raises(aws.runtime.exceptions.ModelError):
            aws.predict("guarded", "fail")
        return not versions.status("guarded")

    wait_for(rolled_back, what="the rollback")
    stack = aws.settled(_STACK, 60)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    reasons = aws.failures(_STACK)
    assert _ALARM in reasons["Endpoint"]
    shown = versions.shown("guarded")
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", blue)
    assert aws.predict("guarded", "which") == blue

    assert aws.delete_stack(_STACK) == "DELETE_COMPLETE", aws.failures(_STACK)
    assert aws.sagemaker.list_endpoints(NameContains="guarded")["Endpoints"] == []
    assert scaling.describe_scaling_policies(**resource)["ScalingPolicies"] == []


def _resource() -> str:
    return f"endpoint/guarded/variant/{VARIANT}"
