"""What GetMetricData takes, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws, refusal

_NOW = datetime.now(UTC)
_TIMES = {"StartTime": _NOW - timedelta(days=14), "EndTime": _NOW + timedelta(hours=1)}


def _queries(count: int) -> list[dict[str, Any]]:
    return [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {"Namespace": "Ours", "MetricName": f"Asked{number}"},
                "Period": 24 * 3600,
                "Stat": "Sum",
            },
        }
        for number in range(count)
    ]


def test_500_metrics_are_answered_at_once(aws: LocalAws) -> None:
    cloudwatch = aws.client("cloudwatch")
    for value in (2.0, 3.0):
        datum = {"MetricName": "Asked499", "Value": value}
        cloudwatch.put_metric_data(Namespace="Ours", MetricData=[datum])
    told = cloudwatch.get_metric_data(MetricDataQueries=_queries(500), **_TIMES)
    sums = {one["Id"]: sum(one["Values"]) for one in told["MetricDataResults"]}
    assert sums == {**dict.fromkeys((f"m{n}" for n in range(499)), 0), "m499": 5.0}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"MetricDataQueries": _queries(501)}, "must not have a size greater than 500"),
        ({"MetricDataQueries": _queries(1) * 2}, "are not unique"),
        ({"StartTime": _TIMES["EndTime"]}, "StartTime must be less than"),
        ({"EndTime": _TIMES["StartTime"] - timedelta(1)}, "StartTime must be less than"),
    ],
)
def test_what_aws_refuses_is_refused(aws: LocalAws, wrong: dict[str, Any], words: str) -> None:
    request = {"MetricDataQueries": _queries(1), **_TIMES, **wrong}
    said = refusal(aws.client("cloudwatch").get_metric_data, **request)
    assert "(ValidationError)" in said
    assert words in said
