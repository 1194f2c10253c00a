"""Which metrics there are, and which thresholds they take."""

from __future__ import annotations

import math

import pytest
from metrics import METRICS, SECTIONS, MetricError, find_metric, metrics_of, report_path


@pytest.mark.parametrize("task", SECTIONS)
def test_each_metric_of_a_task_is_found_by_its_name(task: str) -> None:
    assert [find_metric(metric.name, task) for metric in metrics_of(task)] == [*metrics_of(task)]
    assert report_path("accuracy", "binary") == "binary_classification_metrics.accuracy.value"


def test_a_metric_of_another_task_is_refused_with_those_that_fit() -> None:
    with pytest.raises(MetricError, match="auc does not fit the task regression") as refused:
        find_metric("auc", "regression")
    assert "mse, rmse, mae, r2" in str(refused.value)


@pytest.mark.parametrize("name", ["gini", "", "a\nb", "x" * 1000])
def test_an_unknown_metric_is_refused_in_one_short_line(name: str) -> None:
    with pytest.raises(MetricError, match="is no metric") as refused:
        find_metric(name, "binary")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("name", "refused", "range_"),
    [
        ("auc", (1.01, -0.1, math.nan, math.inf), "between 0 and 1"),
        ("mse", (-0.1, math.nan, math.inf), "at 0 or above"),
        ("r2", (1.1, -math.inf), "at 1 or below"),
    ],
)
def test_a_threshold_outside_the_range_is_refused(
    name: str, refused: tuple[float, ...], range_: str
) -> None:
    metric = METRICS[name]
    for threshold in refused:
        with pytest.raises(MetricError, match=f"is no value of {name}, which lies {range_}"):
            metric.check_threshold(threshold)
    for possible in (0.0, 0.5, 1.0):
        metric.check_threshold(possible)


def test_an_improvement_that_no_two_models_have_is_refused() -> None:
    for name, possible in (("auc", 1), ("mse", 1e300), ("r2", 1e300)):
        METRICS[name].check_improvement(possible)
    with pytest.raises(MetricError, match=r"better by 1.5 than another in auc, which lies between"):
        METRICS["auc"].check_improvement(1.5)


def test_errors_are_at_most_their_threshold_and_scores_at_least() -> None:
    for name, relation, value in (("rmse", "at most", 0.4), ("accuracy", "at least", 0.6)):
        metric = METRICS[name]
        assert metric.relation == relation
        assert metric.passes(value, 0.5)
        assert metric.passes(0.5, 0.5)
        assert not metric.passes(1 - value, 0.5)
