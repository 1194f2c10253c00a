"""Reports the days that tokens last to CloudWatch."""

from collections.abc import Sequence
from typing import Any

METRIC = "TokenDaysLeft"
_MAX_DATA = 1000  # of one request


def put_days_left(cloudwatch: Any, namespace: str, days: Sequence[float]) -> None:
    """Report one value for each token; the alarm looks at the smallest, so names are not needed."""
    for start in range(0, len(days), _MAX_DATA):
        cloudwatch.put_metric_data(
            Namespace=namespace,
            MetricData=[
                {"MetricName": METRIC, "Value": value, "Unit": "None"}
                for value in days[start : start + _MAX_DATA]
            ],
        )
