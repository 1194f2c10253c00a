"""Serverless variants: what AWS excludes from them, and how much they take at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import wait_for
from rehearsal.tests.sagemaker.stage import BUCKET, Stage
from rehearsal.tests.sagemaker.versions import VARIANT, Versions, blue_green, guarded

_CONFIG = {"MemorySizeInMB": 2048, "MaxConcurrency": 2}


@pytest.fixture(scope="module")
def versions(stage: Stage) -> Iterator[Versions]:
    made = Versions(stage)
    yield made
    made.close()


@pytest.fixture(scope="module")
def endpoint(versions: Versions) -> str:
    return versions.endpoint("serverless", versions.config("serverless", ServerlessConfig=_CONFIG))


def _refused(stage: Stage, words: str, variants: Any, **config: Any) -> None:
    with pytest.raises(ClientError, match=words) as refused:
        stage.sagemaker.create_endpoint_config(
            EndpointConfigName="refused", ProductionVariants=variants, **config
        )
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_what_serverless_inference_excludes_is_refused(
    stage: Stage, versions: Versions, endpoint: str
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
    _refused(stage, "network isolation", [variant(isolated)])
    _refused(stage, "VPC configuration", [variant(in_vpc)])
    _refused(stage, "data capture", [variant()], DataCaptureConfig=capture)
    _refused(stage, "KmsKeyId", [variant()], KmsKeyId="alias/some")
    _refused(stage, "inference components only", [variant()], EnableNetworkIsolation=True)
    _refused(stage, "multiple production variants", [variant(), variant(VariantName="B")])
    _refused(stage, "cannot have InstanceType", [variant(InstanceType="ml.m5.large")])
    for memory in (1536, 7168):
        config = {**_CONFIG, "MemorySizeInMB": memory}
        _refused(stage, str(memory), [variant(ServerlessConfig=config)])
    _refused(stage, "201", [variant(ServerlessConfig={**_CONFIG, "MaxConcurrency": 201})])
    _refused(stage, "ProvisionedConcurrency 3", [variant(ServerlessConfig=too_many)])


def test_more_requests_than_the_concurrency_are_throttled(stage: Stage, endpoint: str) -> None:
    def ask() -> str:
        try:
            return stage.predict(endpoint, "sleep 4")
        except ClientError as error:
            return str(error.response["Error"]["Code"])

    allowed = _CONFIG["MaxConcurrency"]
    with ThreadPoolExecutor(allowed + 1) as pool:
        answers = [future.result() for future in [pool.submit(ask) for _ in range(allowed + 1)]]
    assert sorted(answers) == sorted([*[endpoint] * allowed, "ThrottlingException"])
    assert stage.predict(endpoint, "which") == endpoint


def test_a_body_may_have_four_mebibytes(stage: Stage, endpoint: str) -> None:
    largest = 4 * 1024 * 1024
    assert stage.predict(endpoint, "1" * largest) == endpoint
    with pytest.raises(ClientError, match=f"less than or equal to {largest}"):
        stage.predict(endpoint, "1" * (largest + 1))


def test_its_metrics_are_those_of_serverless_variants(stage: Stage, endpoint: str) -> None:
    stage.predict(endpoint, "which")
    cloudwatch = stage.aws.client("cloudwatch")
    dimensions = [{"Name": "EndpointName", "Value": endpoint}]

    def names() -> set[str]:
        found = cloudwatch.list_metrics(Namespace="AWS/SageMaker", Dimensions=dimensions)
        return {metric["MetricName"] for metric in found["Metrics"]}

    wait_for(lambda: "ModelSetupTime" in names(), what="the metrics")
    assert "InvocationsPerInstance" not in names()


def test_it_has_no_guardrails(stage: Stage, versions: Versions, endpoint: str) -> None:
    alarm = versions.alarm("of-serverless", endpoint)
    for config in (blue_green("CANARY", CanarySize=50), guarded({}, alarm)):
        with pytest.raises(ClientError, match="real-time endpoints only"):
            stage.sagemaker.update_endpoint(
                EndpointName=endpoint, EndpointConfigName=endpoint, DeploymentConfig=config
            )


def test_it_becomes_real_time_and_never_serverless_again(
    stage: Stage, versions: Versions, endpoint: str
) -> None:
    real_time = versions.config("real-time", instances=1)
    stage.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=real_time)
    shown = versions.settled(endpoint)
    assert shown["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    with pytest.raises(ClientError, match="cannot be converted to a serverless"):
        stage.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName="serverless")
