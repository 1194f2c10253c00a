"""The daily look at endpoints, with its real clients and a clock that is days ahead."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from daily_look.idle_endpoints import look_at_endpoints
from invocation.toolbox import Toolbox
from rehearsal.tests.emulator.local_aws import wait_for
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws
from rehearsal.tests.sagemaker.versions import VARIANT, Versions
from tests.unit.functions.invocation_fakes import FakeContext

_DAY = 24 * 3600.0


@pytest.fixture(scope="module")
def endpoint(aws: SageMakerAws) -> Iterator[str]:
    """An endpoint of a project on an instance, that was asked once."""
    versions = Versions(aws)
    tags = {"project-id": "p-abcdefghijkl", "project-name": "Idle"}
    listed = [{"Key": f"sagemaker:{key}", "Value": value} for key, value in tags.items()]
    listed.append({"Key": "mlops:stage", "Value": "prod"})
    name = versions.endpoint("Idle-prod", versions.config("idle", instances=1), Tags=listed)
    aws.predict(name, "which")
    wait_for(lambda: _invocations(aws, name) or None, what="the metric")
    yield name
    versions.close()


def _invocations(aws: SageMakerAws, name: str) -> float:
    dimensions = {"EndpointName": name, "VariantName": VARIANT}
    points = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=time.time() - _DAY,
        EndTime=time.time() + _DAY,
        Period=int(2 * _DAY),
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def _look(aws: SageMakerAws, days_ahead: float) -> str:
    tools = Toolbox(
        environment={"METRIC_NAMESPACE": "Ours"},
        http=SimpleNamespace(),  # type: ignore[arg-type]  # nobody is asked but AWS
        aws=aws.client,
        clock=lambda: time.time() + days_ahead * _DAY,
        sleep=lambda _seconds: None,
        random=lambda: 0.5,
    )
    return look_at_endpoints({}, FakeContext(), tools)


@pytest.mark.parametrize(
    ("days_ahead", "said"),
    [
        pytest.param(13.9, "nobody asked 0 of 0", id="too young"),
        pytest.param(14 - 10 / _DAY, "nobody asked 0 of", id="just before"),
        pytest.param(30, "nobody asked 1 of 1", id="asked a month ago"),
    ],
)
def test_an_endpoint_is_idle_when_two_weeks_passed_since_it_was_asked(
    aws: SageMakerAws,
    endpoint: str,
    days_ahead: float,
    said: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert _look(aws, days_ahead).startswith(said)
    if days_ahead > 14:
        assert f"endpoint {endpoint} of Idle-p-abcdefghijkl" in caplog.text
        assert "it keeps 1 x ml.m5.large" in caplog.text


def test_an_endpoint_that_was_asked_since_is_not_idle(aws: SageMakerAws, endpoint: str) -> None:
    """It came up some seconds before it was asked, and the look is between the two."""
    created = aws.sagemaker.describe_endpoint(EndpointName=endpoint)["CreationTime"].timestamp()
    ahead = (created + 14 * _DAY + 0.5 - time.time()) / _DAY
    assert _look(aws, ahead).startswith("nobody asked 0 of 1")
