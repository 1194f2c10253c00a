"""Serverless variants: what AWS excludes from them, and how much they take at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import wait_for
from rehearsal.tests.sagemaker.sagemaker_aws import BUCKET, SageMakerAws
from rehearsal.tests.sagemaker.versions import VARIANT, Versions, blue_green, guarded

_CONFIG = {"MemorySizeInMB": 2048, "MaxConcurrency": 2}


@pytest.fixture(scope="module")
def versions(aws: SageMakerAws) -> Iterator[Versions]:
    made = Versions(aws)
    yield made
    made.close()


@pytest.fixture(scope="module")
def endpoint(versions: Versions) -> str:
    return versions.endpoint("serverless", versions.config("serverless", ServerlessConfig=_CONFIG))


def _refused(aws: SageMakerAws, words: str, variants: Any, **config: Any) -> None:
    with pytest.raises(ClientError, match=words) as refused:
        aws.sagemaker.create_endpoint_config(
            EndpointConfigName="refused", ProductionVariants=variants, **config
        )
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_what_serverless_inference_excludes_is_refused(
    aws: SageMakerAws, versions: Versions, endpoint: str
) -> None:
    isolated = versions.model("isolated", EnableNetworkIsolation=True)
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    in_vpc = versions.model("in-vpc", VpcConfig=vpc)

    def variant(model: str = endpoint, **changes: Any) -> dict[str, Any]:
        plain = {"VariantName": VARIANT, "ModelName": model, "ServerlessConfig": _CONFIG}
        return {**plain, **changes}

    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 10,
        "DestinationS3Uri": f"s3://{BUCKET}/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    too_many = {**_CONFIG, "ProvisionedConcurrency": 3}
    _refused(aws, "network isolation", [variant(isolated)])
    _refused(aws, "VPC configuration", [variant(in_vpc)])
    _refused(aws, "data capture", [variant()], DataCaptureConfig=capture)
    _refused(aws, "KmsKeyId", [variant()], KmsKeyId="alias/some")
    _refused(aws, "inference components only", [variant()], EnableNetworkIsolation=True)
    _refused(aws, "multiple production variants", [variant(), variant(VariantName="B")])
    _refused(aws, "cannot have InstanceType", [variant(InstanceType="ml.m5.large")])
    for memory in (1536, 7168):
        config = {**_CONFIG, "MemorySizeInMB": memory}
        _refused(aws, str(memory), [variant(ServerlessConfig=config)])
    _refused(aws, "201", [variant(ServerlessConfig={**_CONFIG, "MaxConcurrency": 201})])
    _refused(aws, "ProvisionedConcurrency 3", [variant(ServerlessConfig=too_many)])


def test_more_requests_than_the_concurrency_are_throttled(aws: SageMakerAws, endpoint: str) -> None:
    def ask() -> str:
        try:
            return aws.predict(endpoint, "sleep 4")
        except ClientError as error:
            return str(error.response["Error"]["Code"])

    allowed = _CONFIG["MaxConcurrency"]
    with ThreadPoolExecutor(allowed + 1) as pool:
        answers = [future.result() for future in [pool.submit(ask) for _ in range(allowed + 1)]]
    assert sorted(answers) == sorted([*[endpoint] * allowed, "ThrottlingException"])
    assert aws.predict(endpoint, "which") == endpoint


def test_a_body_may_have_four_mebibytes(aws: SageMakerAws, endpoint: str) -> None:
    largest = 4 * 1024 * 1024
    assert aws.predict(endpoint, "1" * largest) == endpoint
    with pytest.raises(ClientError, match=f"less than or equal to {largest}"):
        aws.predict(endpoint, "1" * (largest + 1))


def test_its_metrics_are_those_of_serverless_variants(aws: SageMakerAws, endpoint: str) -> None:
    aws.predict(endpoint, "which")
    cloudwatch = aws.client("cloudwatch")
    dimensions = [{"Name": "EndpointName", "Value": endpoint}]

    def names() -> set[str]:
        found = cloudwatch.list_metrics(Namespace="AWS/SageMaker", Dimensions=dimensions)
        return {metric["MetricName"] for metric in found["Metrics"]}

    wait_for(lambda: "ModelSetupTime" in names(), what="the metrics")
    assert "InvocationsPerInstance" not in names()


def test_it_has_no_guardrails(aws: SageMakerAws, versions: Versions, endpoint: str) -> None:
    alarm = versions.alarm("of-serverless", endpoint)
    for config in (blue_green("CANARY", CanarySize=50), guarded({}, alarm)):
        with pytest.raises(ClientError, match="real-time endpoints only"):
            aws.sagemaker.update_endpoint(
                EndpointName=endpoint, EndpointConfigName=endpoint, DeploymentConfig=config
            )


def test_it_becomes_real_time_and_never_serverless_again(
    aws: SageMakerAws, versions: Versions, endpoint: str
) -> None:
    real_time = versions.config("real-time", instances=1)
    aws.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=real_time)
    shown = versions.settled(endpoint)
    assert shown["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    with pytest.raises(ClientError, match="cannot be converted to a serverless"):
        aws.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName="serverless")
