"""What real requests leave in CloudWatch, and which alarms it trips."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import wait_for
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws
from rehearsal.tests.sagemaker.versions import MINUTE, VARIANT, Versions


@pytest.fixture(scope="module")
def endpoint(aws: SageMakerAws) -> Iterator[str]:
    """An endpoint on two instances that had 7 right answers, 2 errors of ours and 1 of its own."""
    versions = Versions(aws)
    name = versions.endpoint("measured", versions.config("measured", instances=2))
    for body in [*["which"] * 6, "sleep 0.3", "wrong", "wrong", "fail"]:
        try:
            aws.predict(name, body)
        except aws.runtime.exceptions.ModelError:
            assert body in ("wrong", "fail")
    yield name
    versions.close()


def _statistics(aws: SageMakerAws, endpoint: str, metric: str, **dimensions: str) -> dict[str, Any]:
    of_variant = {"EndpointName": endpoint, "VariantName": VARIANT, **dimensions}
    now = datetime.now(UTC)

    def all_ten() -> dict[str, Any] | None:
        points = aws.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in of_variant.items()],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=7200,
            Statistics=["Sum", "Average", "Maximum", "SampleCount"],
        )["Datapoints"]
        complete = sum(point["SampleCount"] for point in points) == 10
        return points[0] if complete and len(points) == 1 else None

    return dict(wait_for(all_ten, what=f"ten values of {metric}"))


@pytest.mark.parametrize(
    ("metric", "total"),
    [
        ("Invocations", 10),
        ("Invocation4XXErrors", 2),
        ("Invocation5XXErrors", 1),
        ("InvocationModelErrors", 3),
        ("InvocationsPerInstance", 5),
    ],
)
def test_each_request_is_counted(aws: SageMakerAws, endpoint: str, metric: str, total: int) -> None:
    found = _statistics(aws, endpoint, metric)
    assert found["Sum"] == total
    assert found["Average"] == pytest.approx(total / 10)
    of_config = _statistics(aws, endpoint, metric, EndpointConfigName="measured")
    assert of_config["Sum"] == total


def test_latencies_are_in_microseconds(aws: SageMakerAws, endpoint: str) -> None:
    model = _statistics(aws, endpoint, "ModelLatency")
    assert model["Maximum"] >= 300_000
    assert model["Average"] < model["Maximum"]
    assert 0 < _statistics(aws, endpoint, "OverheadLatency")["Average"] < model["Sum"]


def _state(aws: SageMakerAws, alarm: str) -> str:
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    return str(found[0]["StateValue"])


def test_alarms_judge_rates_and_percentiles(aws: SageMakerAws, endpoint: str) -> None:
    versions = Versions(aws)
    long = {"Period": 3600 * 24}
    of_rate = versions.alarm("rate-of-errors", endpoint, **long)
    lenient = versions.alarm("lenient", endpoint, Threshold=0.2, **long)
    slow = {"MetricName": "ModelLatency", "Threshold": 250_000.0, **long}
    cloudwatch = aws.client("cloudwatch")
    dimensions = [
        {"Name": "EndpointName", "Value": endpoint},
        {"Name": "VariantName", "Value": VARIANT},
    ]
    for name, percentile in (("p99-is-slow", "p99"), ("p50-is-slow", "p50")):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SageMaker",
            Dimensions=dimensions,
            ExtendedStatistic=percentile,
            EvaluationPeriods=1,
            ComparisonOperator="GreaterThanThreshold",
            **slow,
        )
    wait_for(lambda: _state(aws, of_rate) == "ALARM", what="the alarm")
    assert _state(aws, lenient) == "OK"
    assert _state(aws, "p99-is-slow") == "ALARM"
    assert _state(aws, "p50-is-slow") == "OK"


def test_an_alarm_forgets_as_fast_as_its_minutes_pass(aws: SageMakerAws, endpoint: str) -> None:
    """A minute of an endpoint's metrics is a second of this server."""
    versions = Versions(aws)
    alarm = versions.alarm("short", endpoint, Period=2 * MINUTE)

    def on() -> bool:
        with pytest.raises(aws.runtime.exceptions.ModelError):
            aws.predict(endpoint, "fail")
        return _state(aws, alarm) == "ALARM"

    wait_for(on, what="the alarm")
    wait_for(lambda: _state(aws, alarm) == "OK", what="its end")


def test_metric_math_is_refused_and_not_dropped(aws: SageMakerAws) -> None:
    query = {"Id": "rate", "Expression": "m1 / m2", "ReturnData": True}
    with pytest.raises(ClientError, match="does not model alarms on Metrics"):
        aws.client("cloudwatch").put_metric_alarm(
            AlarmName="math",
            Metrics=[query],
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
