"""CloudWatch's values lie evenly over the last hours; what is missing is nothing, or a gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.asking.gaps import PageGaps
from console.asking.requests_seen import HOURS, METRICS, requests_question, series_of
from console.pictures.sparkline import draw, summary
from tests.console.made_up_aws import MadeUpAccount, Refusal

START = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


def _result(number: int, *values: tuple[int, float]) -> dict[str, Any]:
    moments = [START + timedelta(minutes=minutes) for minutes, _ in values]
    return {"Id": f"m{number}", "Timestamps": moments, "Values": [value for _, value in values]}


def test_values_stand_in_their_periods() -> None:
    requests, _, _, latency = series_of(
        [_result(0, (10, 4.0), (0, 2.0)), _result(3, (10, 2500.0), (-5, 1.0), (400, 1.0))], START
    )
    assert list(requests.values[:4]) == [2.0, 0.0, 4.0, 0.0]
    assert len(requests.values) == HOURS * 12
    assert list(latency.values[:4]) == [None, None, 2.5, None]
    assert latency.values[4:].count(None) == HOURS * 12 - 4
    assert summary(requests) == "6 in 6 hours, at most 4 in 5 minutes"
    assert summary(latency) == "2.5 ms, at most 2.5 ms in 5 minutes"


def test_a_picture_has_a_column_for_each_value_and_none_where_there_is_none() -> None:
    requests, refused, *_ = series_of([_result(0, (0, 1000.0), (5, 1.0))], START)
    picture = str(draw(requests))
    assert picture.count("<rect") == 2
    assert 'height="1.5"' in picture
    assert "<title>Requests: 1,001 in 6 hours, at most 1,000 in 5 minutes</title>" in picture
    assert "<rect" not in str(draw(refused))


def test_all_metrics_are_asked_for_at_once() -> None:
    account = MadeUpAccount({"GetMetricData": {"MetricDataResults": [_result(0, (0, 3.0))]}})
    now = datetime(2026, 11, 27, 12, 58, tzinfo=UTC)
    end = datetime(2026, 11, 27, 13, 0, tzinfo=UTC)
    found = requests_question(account, "a-dev", lambda: now).ask(PageGaps())
    [asked] = account.asked_of("GetMetricData")
    assert (asked["StartTime"], asked["EndTime"]) == (end - timedelta(hours=HOURS), end)
    assert [one.metric for one in found] == list(METRICS)
    assert found[0].values[0] == 3.0


def test_metrics_that_may_not_be_read_are_one_sentence() -> None:
    gaps = PageGaps()
    account = MadeUpAccount({"GetMetricData": Refusal("AccessDenied")})
    assert requests_question(account, "a-dev", lambda: START).ask(gaps) == []
    assert gaps.lines == [
        "Requests: not known, since the right cloudwatch:GetMetricData is missing."
    ]


@pytest.mark.parametrize("metric", METRICS)
def test_each_metric_is_drawn_without_values(metric: Any) -> None:
    found = series_of([], START)[METRICS.index(metric)]
    assert summary(found) == "none in 6 hours"
    assert "<title>" in str(draw(found))
