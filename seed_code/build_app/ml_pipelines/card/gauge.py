"""The picture of the first screen: a metric, how sure it is, and what it is held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from metrics import METRICS

from ml_pipelines.card.drawing import WIDTH, Scale, line, painted, text
from ml_pipelines.card.picture import Picture, Table
from ml_pipelines.card.registry import Gate
from ml_pipelines.card.report import Report
from ml_pipelines.card.wording import interval, number, sentence, title_of

_MIDDLE = 60.0
_AXIS = _MIDDLE + 24
_MARGIN = 30.0


@dataclass(frozen=True)
class _Mark:
    """A value, and where its label stands."""

    label: str
    value: float
    paint: str
    label_y: float


def gauge(report: Report, name: str, gate: Gate | None) -> Picture:
    """Show a metric with its interval, the gate if it is of this metric, and the live version."""
    metric = report.metrics[name]
    marks = _marks(report, name, gate)
    low, high = metric.confidence_interval or (metric.value, metric.value)
    x = _scale(name, [low, high, *(mark.value for mark in marks)])
    shown = interval(metric)
    return Picture(
        "gauge",
        f"{sentence(title_of(name))} and its interval",
        "The metric with its 95 % interval as a band, and what it is held against.",
        _MIDDLE + 70,
        [
            line("line", x(low), _MIDDLE, x(high), _MIDDLE, stroke_width=6, stroke_opacity="0.4"),
            *_axis(x),
            *(part for mark in marks for part in _drawn(mark, x)),
        ],
        Table(
            ("what", title_of(name)),
            [
                *((mark.label, number(mark.value)) for mark in marks),
                *([("95 % interval", shown)] if shown else []),
            ],
        ),
    )


def _marks(report: Report, name: str, gate: Gate | None) -> list[_Mark]:
    value = report.metrics[name].value
    marks = [_Mark(f"{title_of(name)} {number(value)}", value, "bar", _MIDDLE - 20)]
    if gate and gate.metric == name:
        label = f"gate {number(gate.threshold)}"
        marks.append(_Mark(label, gate.threshold, "bar second", _MIDDLE - 38))
    compared = report.comparison.metrics.get(name) if report.comparison else None
    if compared:
        label = f"live version {number(compared.live)}"
        marks.append(_Mark(label, compared.live, "muted", _MIDDLE + 62))
    return marks


def _scale(metric: str, values: Sequence[float]) -> Scale:
    """A scale that ends where the metric does, if all values do."""
    x = Scale.of(values, _MARGIN, WIDTH - _MARGIN, 0.08)
    known = METRICS.get(metric)
    lowest, highest = (known.lowest, known.highest) if known else (-math.inf, math.inf)
    return replace(x, low=min(max(x.low, lowest), *values), high=max(min(x.high, highest), *values))


def _axis(x: Scale) -> list[Element]:
    drawn = [line("axis", x.start, _AXIS, x.end, _AXIS)]
    for tick in x.ticks():
        drawn.append(line("axis", x(tick), _AXIS, x(tick), _AXIS + 4))
        drawn.append(text(number(tick), x(tick), _AXIS + 18, anchor="middle"))
    return drawn


def _drawn(mark: _Mark, x: Scale) -> list[Element]:
    """The mark, and its label on the side where there is room."""
    place = x(mark.value)
    anchor = "start" if place < WIDTH / 3 else "end" if place > WIDTH * 2 / 3 else "middle"
    return [
        painted("rect", mark.paint, x=place - 1.5, y=_MIDDLE - 12, width=3, height=24),
        text(mark.label, place, mark.label_y, anchor=anchor),
    ]
