"""Application Auto Scaling of endpoint variants, by its API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import allow, policy
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws
from rehearsal.tests.sagemaker.versions import VARIANT, Versions

_INSTANCES = "sagemaker:variant:DesiredInstanceCount"
_TRACKING = {
    "TargetValue": 600.0,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
}


@pytest.fixture(scope="module")
def versions(aws: SageMakerAws) -> Iterator[Versions]:
    made = Versions(aws)
    yield made
    made.close()


@pytest.fixture(scope="module")
def endpoint(versions: Versions) -> str:
    return versions.endpoint("scaled", versions.config("scaled", instances=1))


def _target(endpoint: str, variant: str = VARIANT) -> dict[str, Any]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/{variant}",
        "ScalableDimension": _INSTANCES,
    }


def _count(versions: Versions, endpoint: str) -> int:
    return int(versions.shown(endpoint)["ProductionVariants"][0]["DesiredInstanceCount"])


def test_a_target_lives_with_its_policy(
    aws: SageMakerAws, versions: Versions, endpoint: str
) -> None:
    scaling, target = aws.client("application-autoscaling"), _target(endpoint)
    arn = scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=4)
    assert _count(versions, endpoint) == 2
    found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert [(t["ScalableTargetARN"], t["MinCapacity"], t["MaxCapacity"]) for t in found] == [
        (arn["ScalableTargetARN"], 2, 4)
    ]
    again = scaling.register_scalable_target(**target, MinCapacity=1)
    assert again["ScalableTargetARN"] == arn["ScalableTargetARN"]
    made = scaling.put_scaling_policy(
        PolicyName="by-requests",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=_TRACKING,
        **target,
    )
    policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert [found["PolicyARN"] for found in policies] == [made["PolicyARN"]]
    scaling.deregister_scalable_target(**target)
    for listed in (
        scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"],
        scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"],
    ):
        assert listed == []
    with pytest.raises(scaling.exceptions.ObjectNotFoundException, match="No scalable target"):
        scaling.deregister_scalable_target(**target)


def test_what_is_not_there_or_wrong_is_refused(aws: SageMakerAws, endpoint: str) -> None:
    scaling = aws.client("application-autoscaling")
    bounds = {"MinCapacity": 1, "MaxCapacity": 2}
    wrong = [
        ({**_target("absent"), **bounds}, "Could not find"),
        ({**_target(endpoint, "Other"), **bounds}, "Could not find"),
        ({**_target(endpoint), "MinCapacity": 1}, "MaxCapacity must be specified"),
        ({**_target(endpoint), "MinCapacity": 3, "MaxCapacity": 2}, "must not be below"),
        (
            {
                **_target(endpoint),
                **bounds,
                "ScalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency",
            },
            "is on instances",
        ),
        ({**_target(endpoint), **bounds, "ServiceNamespace": "ecs"}, "sagemaker only"),
    ]
    for request, words in wrong:
        with pytest.raises(scaling.exceptions.ValidationException, match=words):
            scaling.register_scalable_target(**request)
    with pytest.raises(scaling.exceptions.ObjectNotFoundException):
        scaling.put_scaling_policy(
            PolicyName="early",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=_TRACKING,
            **_target(endpoint),
        )


def test_an_update_respects_what_is_registered(
    aws: SageMakerAws, versions: Versions, endpoint: str
) -> None:
    scaling, target = aws.client("application-autoscaling"), _target(endpoint)
    scaling.register_scalable_target(**target, MinCapacity=3, MaxCapacity=4)
    bigger = versions.config("bigger", InstanceType="ml.m5.xlarge", InitialInstanceCount=1)
    with pytest.raises(ClientError, match="deregister it before its instance type changes"):
        aws.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=bigger)
    next_version = versions.config("next-scaled", instances=1)
    aws.sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=next_version, RetainAllVariantProperties=True
    )
    versions.settled(endpoint)
    assert _count(versions, endpoint) == 3
    aws.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName="scaled")
    versions.settled(endpoint)
    assert _count(versions, endpoint) == 1
    scaling.deregister_scalable_target(**target)


def test_registering_needs_permissions_of_its_own_and_on_the_endpoint(
    aws: SageMakerAws, endpoint: str
) -> None:
    register = {
        **allow("application-autoscaling:RegisterScalableTarget"),
        "Condition": {"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}},
    }
    keys = aws.user("scales", register)
    scaling = aws.client("application-autoscaling", keys)
    request = {**_target(endpoint), "MinCapacity": 1, "MaxCapacity": 2}
    with pytest.raises(ClientError, match="sagemaker:DescribeEndpoint"):
        scaling.register_scalable_target(**request)
    on_endpoint = allow(
        [
            "sagemaker:DescribeEndpoint",
            "sagemaker:DescribeEndpointConfig",
            "sagemaker:UpdateEndpointWeightsAndCapacities",
        ]
    )
    aws.client("iam").put_user_policy(
        UserName="scales", PolicyName="p", PolicyDocument=policy(register, on_endpoint)
    )
    assert scaling.register_scalable_target(**request)
    with pytest.raises(ClientError, match="DeregisterScalableTarget"):
        scaling.deregister_scalable_target(**_target(endpoint))


def test_targets_go_with_their_endpoint(aws: SageMakerAws, versions: Versions) -> None:
    name = versions.endpoint("passing-scaled", "scaled")
    scaling = aws.client("application-autoscaling")
    scaling.register_scalable_target(**_target(name), MinCapacity=1, MaxCapacity=2)
    deletes = aws.user("deletes-endpoints", allow("sagemaker:DeleteEndpoint"))
    with pytest.raises(ClientError, match="application-autoscaling:DeregisterScalableTarget"):
        aws.client("sagemaker", deletes).delete_endpoint(EndpointName=name)
    aws.sagemaker.delete_endpoint(EndpointName=name)
    versions.endpoints.remove(name)
    wanted = {"ServiceNamespace": "sagemaker", "ResourceIds": [_target(name)["ResourceId"]]}
    assert scaling.describe_scalable_targets(**wanted)["ScalableTargets"] == []
