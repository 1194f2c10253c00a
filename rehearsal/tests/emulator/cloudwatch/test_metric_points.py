"""Points of a long series."""

from __future__ import annotations

from ministack.services import cloudwatch

from rehearsal.aws.emulator.corrections.cloudwatch.metric_points import thinned_out


def test_a_long_series_is_thinned_out_without_losing_a_value() -> None:
    now = 7200.0
    points = [
        {"Timestamp": now - age, "Value": float(age % 2), "Count": 2.0, "Unit": "None"}
        for age in range(1, 7200)
    ]
    kept = thinned_out(points, now)
    assert len(kept) == 59 + 2 * 59 + 1  # the last old minute has one point
    of_last_hour = [point for point in points if now - point["Timestamp"] < 3600]
    assert cloudwatch._calc_stats(kept) == cloudwatch._calc_stats(of_last_hour)
