"""What CloudWatch counted at an endpoint in the last hours, by one request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps

HOURS = 6
PERIOD_SECONDS = 300
_FRESH_SECONDS = 60.0
# The name that each endpoint of the template gives its one variant.
_VARIANT = "AllTraffic"


@dataclass(frozen=True)
class Metric:
    """One metric of CloudWatch, namespace AWS/SageMaker.

    Args:
        title: for people.
        statistic: of each period.
        factor: from its unit to the one that is shown.
        unit: that is shown; empty of a count.
        is_count: whether a period without a value is 0.
    """

    name: str
    title: str
    statistic: str
    factor: float = 1.0
    unit: str = ""
    is_count: bool = True


METRICS = (
    Metric("Invocations", "Requests", "Sum"),
    Metric("Invocation4XXErrors", "Refused records (4xx)", "Sum"),
    Metric("Invocation5XXErrors", "Errors (5xx)", "Sum"),
    # AWS has it in microseconds.
    Metric("ModelLatency", "Time of the model, on average", "Average", 1e-3, "ms", False),
)


@dataclass(frozen=True)
class Series:
    """One metric over time.

    Args:
        moments: beginnings of the periods, evenly, oldest first.
        values: one each; None where there is none.
    """

    metric: Metric
    moments: Sequence[datetime]
    values: Sequence[float | None]


def requests_question(
    account: Account, endpoint: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Question:
    """Ask for the metrics of an endpoint; empty if they may not be read."""

    def ask(gaps: PageGaps) -> Sequence[Series]:
        start, end = _hours(now())
        wanted = [_query(endpoint, number, one) for number, one in enumerate(METRICS)]
        told: Mapping[str, Any] | None = gaps.ask(
            "Requests",
            "cloudwatch",
            lambda: account.client("cloudwatch").get_metric_data(
                MetricDataQueries=wanted, StartTime=start, EndTime=end
            ),
            None,
        )
        return [] if told is None else series_of(told["MetricDataResults"], start)

    return Question("requests", endpoint, ask, _FRESH_SECONDS)


def _hours(now: datetime) -> tuple[datetime, datetime]:
    """Whole periods, up to the one that is not over yet."""
    past = now.timestamp() % PERIOD_SECONDS
    end = now - timedelta(seconds=past) + timedelta(seconds=PERIOD_SECONDS)
    return end - timedelta(hours=HOURS), end


def _query(endpoint: str, number: int, metric: Metric) -> dict[str, Any]:
    dimensions = {"EndpointName": endpoint, "VariantName": _VARIANT}
    return {
        "Id": f"m{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": metric.name,
                "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
            },
            "Period": PERIOD_SECONDS,
            "Stat": metric.statistic,
        },
    }


def series_of(results: Sequence[Mapping[str, Any]], start: datetime) -> list[Series]:
    """Lay the values out evenly from a moment on.

    Args:
        results: of GetMetricData, whose ids are `m` and the position in `METRICS`.
        start: of the first period.
    """
    count = HOURS * 3600 // PERIOD_SECONDS
    moments = [start + timedelta(seconds=PERIOD_SECONDS * i) for i in range(count)]
    by_id = {one["Id"]: one for one in results}
    return [
        Series(metric, moments, _values(metric, by_id.get(f"m{number}", {}), start, count))
        for number, metric in enumerate(METRICS)
    ]


def _values(
    metric: Metric, told: Mapping[str, Any], start: datetime, count: int
) -> list[float | None]:
    values: list[float | None] = [0.0 if metric.is_count else None] * count
    for moment, value in zip(told.get("Timestamps", ()), told.get("Values", ()), strict=False):
        position = int((moment - start).total_seconds() // PERIOD_SECONDS)
        if 0 <= position < count:
            values[position] = value * metric.factor
    return values
