"""Puts many values of one metric into CloudWatch at once, for our own services.

Call it on MiniStack's event loop: MiniStack drops old points without a lock. It would keep all
points of two weeks and write them to disk every few seconds, so a long series is thinned out here:
what is older than a minute is kept by the minute, for an hour.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ministack.services import cloudwatch

_LONG = 3000
_MINUTE_SECONDS = 60.0
_KEPT_SECONDS = 3600.0


def store(
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    counts: Mapping[float, int],
    unit: str,
) -> None:
    """Add values, each as often as it was seen."""
    now, given = time.time(), dict(dimensions)
    key = (namespace, name, cloudwatch._dims_key(given))
    points = cloudwatch._metrics.get(key) or []
    if len(points) > _LONG:
        cloudwatch._metrics[key] = thinned_out(points, now)
    values, times = list(counts), list(counts.values())
    cloudwatch._store_datum(namespace, name, given, now, unit, None, values, times, None)


def thinned_out(points: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
    """The points of the last hour, equal values of an older minute as one point at its start."""
    counts: Counter[tuple[float, float]] = Counter()
    recent = []
    for point in points:
        age = now - point["Timestamp"]
        if age < _MINUTE_SECONDS:
            recent.append(point)
        elif age < _KEPT_SECONDS:
            minute = point["Timestamp"] // _MINUTE_SECONDS * _MINUTE_SECONDS
            counts[minute, point["Value"]] += point.get("Count", 1)
    old = [
        {**points[0], "Timestamp": minute, "Value": value, "Count": float(count)}
        for (minute, value), count in counts.items()
    ]
    return [*old, *recent]
