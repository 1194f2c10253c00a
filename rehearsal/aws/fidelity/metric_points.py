"""Puts many values of one metric into CloudWatch at once, for our own services.

Call it on MiniStack's event loop: MiniStack drops old points without a lock.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from ministack.services import cloudwatch

# MiniStack would keep, and write to disk, all points of two weeks.
_KEPT_SECONDS = 3600.0


def store(
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    counts: Mapping[float, int],
    unit: str,
) -> None:
    """Add values, each as often as it was seen, and drop those of more than an hour ago."""
    now, given = time.time(), dict(dimensions)
    key = (namespace, name, cloudwatch._dims_key(given))
    points = cloudwatch._metrics.get(key) or []
    cloudwatch._metrics[key] = [p for p in points if p["Timestamp"] > now - _KEPT_SECONDS]
    values, times = list(counts), list(counts.values())
    cloudwatch._store_datum(namespace, name, given, now, unit, None, values, times, None)
