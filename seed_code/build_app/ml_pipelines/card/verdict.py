"""What a card says first: whether the model is good enough, and how it compares to the live one."""

from __future__ import annotations

from ml_pipelines.card.drawing import WIDTH, Scale, line, painted, text
from ml_pipelines.card.picture import Picture, Table
from ml_pipelines.card.registry import Gate, Version
from ml_pipelines.card.report import Comparison, Metric, Report
from ml_pipelines.card.wording import (
    SMALLER_IS_BETTER,
    interval,
    number,
    passes,
    percent,
    sentence,
    signed,
    title_of,
)

_APPROVALS = {
    "Approved": "registered and approved",
    "Rejected": "registered and rejected",
    "PendingManualApproval": "registered, waiting for approval",
}
_OTHER_VERDICTS = {
    "no live version": "No version is live yet.",
    "other columns": "The live version takes other columns, so they cannot be compared.",
    "another task": "The live version has another task, so they cannot be compared.",
}
_DEFAULT_METRICS = {"regression": "mse", "binary": "auc", "multiclass": "accuracy"}
_LINE = 60.0


def headline(report: Report, gate: Gate | None) -> str:
    """The metric that the card shows first: that of the gate, else the task's usual one."""
    wanted = gate.metric if gate else _DEFAULT_METRICS[report.task]
    return wanted if wanted in report.metrics else next(iter(report.metrics))


def standing(version: Version | None) -> str:
    """What became of the model."""
    if version is None:
        return "a report without a version"
    return _APPROVALS.get(version.approval, f"registered, {version.approval}")


def against_gate(report: Report, gate: Gate | None) -> str:
    """The metric and the gate in a sentence."""
    if gate is None or gate.metric not in report.metrics:
        return "The gate that it had to pass is not recorded."
    value, name = report.metrics[gate.metric].value, title_of(gate.metric)
    bound = "at most" if gate.metric in SMALLER_IS_BETTER else "at least"
    verb = "passes" if passes(gate.metric, value, gate.threshold) else "does not pass"
    return f"{sentence(name)} {number(value)} {verb} the gate of {bound} {number(gate.threshold)}."


def against_live(comparison: Comparison | None, metric: str) -> str:
    """The difference to the live version in a sentence or two."""
    if comparison is None:
        return "It was not compared with a live version."
    if comparison.verdict in _OTHER_VERDICTS:
        return _OTHER_VERDICTS[comparison.verdict]
    same = "as good as" if comparison.verdict == "same" else f"{comparison.verdict} than"
    said = f"It is {same} the live version"
    found = comparison.metrics.get(metric)
    if found:
        said += (
            f": {title_of(metric)} {number(found.this)} instead of {number(found.live)} "
            f"({signed(found.difference)}) on the same test records"
        )
    if comparison.overlap:
        said += (
            f". Of these records {percent(comparison.overlap)} taught the live version, which "
            "flatters it"
        )
    return f"{said}."


def gauge(report: Report, gate: Gate | None) -> Picture:
    """The headline metric with its interval, the gate, and the live version."""
    name = headline(report, gate)
    metric = report.metrics[name]
    marks = [(f"{title_of(name)} {number(metric.value)}", metric.value, "bar")]
    if gate and gate.metric == name:
        marks.append((f"gate {number(gate.threshold)}", gate.threshold, "bar second"))
    compared = report.comparison.metrics.get(name) if report.comparison else None
    if compared:
        marks.append((f"live version {number(compared.live)}", compared.live, "muted"))
    low, high = metric.confidence_interval or (metric.value, metric.value)
    x = Scale.of([low, high, *(value for _, value, _ in marks)], 30.0, WIDTH - 30.0, 0.08)
    drawn = [
        line("line", x(low), _LINE, x(high), _LINE, stroke_width=6, stroke_opacity="0.4"),
        line("axis", x.start, _LINE + 24, x.end, _LINE + 24),
    ]
    for tick in x.ticks():
        drawn.append(line("axis", x(tick), _LINE + 24, x(tick), _LINE + 28))
        drawn.append(text(number(tick), x(tick), _LINE + 42, anchor="middle"))
    for place, (label, value, paint) in enumerate(marks):
        drawn.append(painted("rect", paint, x=x(value) - 1.5, y=_LINE - 12, width=3, height=24))
        y = (_LINE - 20, _LINE - 38, _LINE + 62)[place]
        anchor = (
            "start" if x(value) < WIDTH / 3 else "end" if x(value) > WIDTH * 2 / 3 else "middle"
        )
        drawn.append(
            text(label, x(value), y, paint="ink" if place == 0 else "muted", anchor=anchor)
        )
    return Picture(
        "gauge",
        f"{sentence(title_of(name))} and its gate",
        "The metric with its interval as a band, the gate, and the live version if there is one.",
        _LINE + 70,
        drawn,
        Table(("", title_of(name)), [*_interval_row(metric), *_rows(marks)]),
    )


def _interval_row(metric: Metric) -> list[tuple[str, str]]:
    shown = interval(metric)
    return [("95 % interval", shown)] if shown else []


def _rows(marks: list[tuple[str, float, str]]) -> list[tuple[str, str]]:
    return [(label, number(value)) for label, value, _ in marks]
