"""The metrics by which a model is judged: for which tasks, in which direction, in which range.

The names are those of SageMaker's model quality report where it has one. Shared by the jobs and by
what builds the pipeline, so it needs the standard library alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Direction = Literal["minimize", "maximize"]
REGRESSION, BINARY, MULTICLASS = "regression", "binary", "multiclass"
# Where a model quality report holds the metrics of a task.
SECTIONS = {
    REGRESSION: "regression_metrics",
    BINARY: "binary_classification_metrics",
    MULTICLASS: "multiclass_classification_metrics",
}
_LONGEST_SHOWN = 40


class MetricError(ValueError):
    """There is no such metric, it does not fit the task, or a threshold is none of its values."""


@dataclass(frozen=True)
class Metric:
    """One metric.

    Attributes:
        title: for people.
        lowest: no model has a lower value.
        highest: no model has a higher value.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    direction: Direction
    lowest: float = 0.0
    highest: float = 1.0

    @property
    def relation(self) -> str:
        """How a value that passes stands to its threshold."""
        return "at most" if self.direction == "minimize" else "at least"

    def passes(self, value: float, threshold: float) -> bool:
        """Whether a value is good enough."""
        return value <= threshold if self.direction == "minimize" else value >= threshold

    def check_threshold(self, threshold: float) -> None:
        """Refuse a threshold that no value could be compared with in earnest.

        Raises:
            MetricError: it is no number, or outside the metric's range.
        """
        if not (math.isfinite(threshold) and self.lowest <= threshold <= self.highest):
            raise MetricError(
                f"threshold {threshold} is no value of {self.name}, which lies {self._range()}."
            )

    def check_improvement(self, wanted: float) -> None:
        """Refuse a difference of two models that no two values have.

        Raises:
            MetricError: the metric's range is narrower.
        """
        if wanted > self.highest - self.lowest:
            raise MetricError(
                f"no model is better by {wanted:g} than another in {self.name}, which lies "
                f"{self._range()}."
            )

    def _range(self) -> str:
        if self.highest == math.inf:
            return f"at {self.lowest:g} or above"
        if self.lowest == -math.inf:
            return f"at {self.highest:g} or below"
        return f"between {self.lowest:g} and {self.highest:g}"


_CLASSES = (BINARY, MULTICLASS)
METRICS = {
    metric.name: metric
    for metric in (
        Metric("mse", "mean squared error", (REGRESSION,), "minimize", highest=math.inf),
        Metric("rmse", "root mean squared error", (REGRESSION,), "minimize", highest=math.inf),
        Metric("mae", "mean absolute error", (REGRESSION,), "minimize", highest=math.inf),
        Metric("r2", "R²", (REGRESSION,), "maximize", lowest=-math.inf),
        Metric("auc", "AUC", (BINARY,), "maximize"),
        Metric("au_prc", "average precision", (BINARY,), "maximize"),
        Metric("accuracy", "accuracy", _CLASSES, "maximize"),
        Metric("balanced_accuracy", "balanced accuracy", _CLASSES, "maximize"),
        Metric("precision", "precision", (BINARY,), "maximize"),
        Metric("recall", "recall", (BINARY,), "maximize"),
        Metric("f1", "F1", (BINARY,), "maximize"),
        Metric("weighted_f1", "weighted F1", (MULTICLASS,), "maximize"),
        Metric("macro_f1", "macro F1", (MULTICLASS,), "maximize"),
        Metric("log_loss", "log loss", _CLASSES, "minimize", highest=math.inf),
    )
}


def metrics_of(task: str) -> tuple[Metric, ...]:
    """The metrics that a model for this task is judged by."""
    return tuple(metric for metric in METRICS.values() if task in metric.tasks)


def find_metric(name: str, task: str) -> Metric:
    """Return the metric of that name.

    Raises:
        MetricError: there is none for this task.
    """
    metric = METRICS.get(name)
    if metric is not None and task in metric.tasks:
        return metric
    shown = name if name.isprintable() and len(name) <= _LONGEST_SHOWN else repr(name[:40])
    possible = ", ".join(metric.name for metric in metrics_of(task))
    why = "is no metric" if metric is None else f"does not fit the task {task}"
    raise MetricError(f"metric {shown} {why}; for {task} there are {possible}.")


def report_path(name: str, task: str) -> str:
    """Where the report holds a metric's value, as a pipeline's JsonGet names it."""
    return f"{SECTIONS[task]}.{name}.value"
