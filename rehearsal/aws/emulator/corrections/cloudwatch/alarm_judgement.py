"""In which state an alarm is, from the points of its metric.

An alarm looks at its last `EvaluationPeriods` periods and is in ALARM when `DatapointsToAlarm` of
them breach its threshold. AWS cuts time at full minutes and may look further back for missing
points; here the last period ends now, and a missing point counts as `TreatMissingData` says.
Source: CloudWatch user guide, "Evaluating an alarm", "Configuring how CloudWatch alarms treat
missing data".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudwatch

_BREACHES = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}
_OF_MISSING_DATA = {
    "notBreaching": "OK",
    "breaching": "ALARM",
    "missing": "INSUFFICIENT_DATA",
}


@dataclass(frozen=True)
class Judgement:
    """A state and the reason that CloudWatch gives for it."""

    state: str
    reason: str


def judge(alarm: dict[str, Any], now: float, seconds_per_minute: float) -> Judgement | None:
    """The state of a metric alarm; None when it keeps the one it has, or cannot be judged.

    Args:
        alarm: as MiniStack keeps it.
        now: the end of the last period, in seconds since 1970.
        seconds_per_minute: how long a minute of the alarm's periods lasts.
    """
    breaches = _BREACHES.get(alarm.get("ComparisonOperator", ""))
    if breaches is None or not alarm.get("MetricName"):
        return None
    values = _values(alarm, now, alarm.get("Period", 60) * seconds_per_minute / 60)
    present = [value for value in values if value is not None]
    treated = alarm.get("TreatMissingData") or "missing"
    if not present:
        state = _OF_MISSING_DATA.get(treated)
        return Judgement(state, "No datapoints were received in the period.") if state else None
    breaching = [value for value in present if breaches(value, alarm["Threshold"])]
    count, needed = len(breaching), alarm.get("DatapointsToAlarm") or len(values)
    missing = len(values) - len(present)
    if treated == "breaching":
        count += missing
    elif treated == "missing":
        needed = min(needed, len(present))
    elif treated == "ignore" and len(present) < needed:
        return None
    shown = ", ".join(f"{value:g}" for value in present)
    reason = f"Threshold Crossed: {_statistic(alarm)} {shown} against {alarm['Threshold']}"
    return Judgement("ALARM" if count >= needed else "OK", reason)


def _values(alarm: dict[str, Any], now: float, period_seconds: float) -> list[float | None]:
    """The statistic of each period, the oldest first; None where there is no point."""
    periods: int = alarm.get("EvaluationPeriods", 1)
    points = _points(alarm, now - period_seconds * periods)
    edges = [now - period_seconds * (periods - number) for number in range(periods + 1)]
    return [
        _value(alarm, [point for point in points if start <= point["Timestamp"] < end])
        for start, end in zip(edges, [*edges[1:-1], float("inf")], strict=False)
    ]


def _value(alarm: dict[str, Any], points: Sequence[dict[str, Any]]) -> float | None:
    if not points:
        return None
    stats = cloudwatch._calc_stats(points)
    value: float | None = cloudwatch._stat_value(stats, _statistic(alarm), points)
    return value


def _statistic(alarm: dict[str, Any]) -> str:
    return str(alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average")


def _points(alarm: dict[str, Any], since: float) -> list[dict[str, Any]]:
    wanted = {d["Name"]: d["Value"] for d in alarm.get("Dimensions") or []}
    return [
        point
        for (namespace, name, _), points in list(cloudwatch._metrics.items())
        if (namespace, name) == (alarm.get("Namespace"), alarm["MetricName"])
        for point in list(points)
        if point.get("Dimensions", {}) == wanted and point["Timestamp"] >= since
    ]
