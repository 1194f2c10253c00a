"""What a card says first: whether the model is good enough, and how it compares to the live one."""

from __future__ import annotations

from metrics import METRICS

from ml_pipelines.card.registry import Gate
from ml_pipelines.card.report import Comparison, Report
from ml_pipelines.card.wording import (
    number,
    percent,
    printable,
    sentence,
    signed,
    title_of,
)

_OTHER_VERDICTS = {
    "no live version": "No version is live yet.",
    "not compared": "Whoever started the build did not say which version is live.",
    "other columns": "The live version takes other columns, so they cannot be compared.",
    "another task": "The live version has another task, so they cannot be compared.",
    "could not be asked": "The live version could not be asked, so they cannot be compared.",
}
_DEFAULT_METRICS = {"regression": "mse", "binary": "auc", "multiclass": "accuracy"}


def headline(report: Report, gate: Gate | None) -> str:
    """The metric that the card shows first: that of the gate, else the task's usual one."""
    wanted = gate.metric if gate else _DEFAULT_METRICS[report.task]
    return wanted if wanted in report.metrics else next(iter(report.metrics))


def against_gate(report: Report, gate: Gate | None) -> str:
    """The metric and the gate in a sentence."""
    if gate is None or gate.metric not in report.metrics or gate.metric not in METRICS:
        return "The gate that it had to pass is not recorded."
    metric, value = METRICS[gate.metric], report.metrics[gate.metric].value
    verb = "passes" if metric.passes(value, gate.threshold) else "does not pass"
    bound = f"{metric.relation} {number(gate.threshold)}"
    return f"{sentence(metric.title)} {number(value)} {verb} the gate of {bound}."


def against_live(comparison: Comparison | None, metric: str) -> str:
    """The difference to the live version in a sentence or two."""
    if comparison is None:
        return "It was not compared with a live version."
    if comparison.verdict in _OTHER_VERDICTS:
        said = _OTHER_VERDICTS[comparison.verdict]
        return f"{said} {sentence(printable(comparison.reason))}." if comparison.reason else said
    same = "as good as" if comparison.verdict == "same" else f"{comparison.verdict} than"
    said = f"It is {same} the live version"
    found = comparison.metrics.get(metric)
    if found:
        said += (
            f": {title_of(metric)} {number(found.this)} instead of {number(found.live)} "
            f"({signed(found.difference)}) on the same test records"
        )
    return f"{said}. {_overlap(comparison.overlap)}"


def _overlap(share: float | None) -> str:
    """How far the live version knew the test records."""
    if share is None:
        return "It is not known whether the live version learnt from these records."
    if not share:
        return "The live version learnt from none of these records."
    return f"Of these records {percent(share)} taught the live version, which flatters it."
