"""How sure a metric is: the bootstrap over the test records."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from metrics import METRICS
from numpy.typing import NDArray
from scores import Numbers, Scores

RESAMPLES = 300
# More records are not resampled: what deviates at this number is scaled to theirs.
MOST_RESAMPLED = 5000
CONFIDENCE = 0.95

Spread = dict[str, float | list[float]]


def spreads(
    prepare: Callable[[NDArray[np.intp]], Scores], values: dict[str, float], records: int, seed: int
) -> dict[str, Spread]:
    """Estimate each metric's standard deviation and 95 % interval (percentile bootstrap).

    Of n records over `MOST_RESAMPLED` a choice of m stands for all: deviations of a mean shrink
    with the root of the records, so those found are multiplied by the root of m/n.

    Args:
        prepare: gives the metrics of the records at these positions.
        values: the metrics of all records.
        records: how many there are.
        seed: the same gives the same.
    """
    source = np.random.default_rng(seed)
    size = min(records, MOST_RESAMPLED)
    chosen = np.sort(source.choice(records, size, replace=False))
    scores = prepare(chosen)
    centre = scores(np.ones(size))
    resampled = [
        scores(np.bincount(source.integers(0, size, size), minlength=size).astype(np.float64))
        for _ in range(RESAMPLES)
    ]
    shrink = float(np.sqrt(size / records))
    found = {}
    for name, value in values.items():
        drawn = np.array([one[name] for one in resampled])
        drawn = drawn[np.isfinite(drawn)]
        if drawn.size and np.isfinite(centre[name]):
            found[name] = _spread(name, value, (drawn - centre[name]) * shrink)
    return found


def _spread(name: str, value: float, deviations: Numbers) -> Spread:
    tail = (1 - CONFIDENCE) / 2
    metric = METRICS[name]
    bounds = value + np.quantile(deviations, [tail, 1 - tail])
    return {
        "standard_deviation": float(deviations.std()),
        "confidence_interval": bounds.clip(metric.lowest, metric.highest).tolist(),
    }
