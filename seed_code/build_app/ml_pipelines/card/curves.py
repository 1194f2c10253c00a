"""Pictures with two axes: curves, dots and a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from ml_pipelines.card.drawing import WIDTH, Frame, Scale, line, painted, text
from ml_pipelines.card.picture import Picture, Table
from ml_pipelines.card.report import (
    Calibration,
    Pairs,
    PrecisionRecall,
    Residuals,
    Roc,
    Thresholds,
)
from ml_pipelines.card.wording import number, percent

_HEIGHT = 300
_LEFT, _RIGHT, _BOTTOM, _TOP = 56.0, WIDTH - 16.0, _HEIGHT - 48.0, 30.0
_LISTED_POINTS = 11


def roc(curve: Roc, area: float | None) -> Picture:
    """True against false positives."""
    frame = _unit_frame()
    xs, ys = curve.false_positive_rate, curve.true_positive_rate
    said = "" if area is None else f" The area under it, AUC, is {number(area)}."
    return Picture(
        "roc",
        "ROC curve",
        "The share of positives that is found, against the share of negatives that is taken for "
        f"positive, at each threshold. Guessing gives the dashed diagonal.{said}",
        _HEIGHT,
        [
            *frame.axes("false positive rate", "true positive rate"),
            _diagonal(frame),
            _curve(frame.path(xs, ys), "line"),
        ],
        _points(("false positive rate", "true positive rate"), xs, ys),
    )


def precision_recall(curve: PrecisionRecall) -> Picture:
    """Precision at each recall."""
    frame = _unit_frame()
    base = frame.y(curve.share_of_positives)
    return Picture(
        "precision-recall",
        "Precision and recall",
        "How many of those that are called positive are, at each share of positives that is found. "
        f"Guessing gives the dashed line, at {percent(curve.share_of_positives)} positives.",
        _HEIGHT,
        [
            *frame.axes("recall", "precision"),
            line("guide", _LEFT, base, _RIGHT, base, stroke_dasharray="4 4"),
            _curve(frame.path(curve.recall, curve.precision), "line"),
        ],
        _points(("recall", "precision"), curve.recall, curve.precision),
    )


def calibration(curve: Calibration, of: str) -> Picture:
    """How often what was given a probability happened, of a class that is named."""
    frame = _unit_frame()
    most = max(curve.counts)
    dots = [
        painted(
            "circle",
            "bar",
            cx=frame.x(predicted),
            cy=frame.y(observed),
            r=3 + 7 * (count / max(most, 1)) ** 0.5,
            fill_opacity="0.55",
        )
        for predicted, observed, count in zip(
            curve.predicted, curve.observed, curve.counts, strict=True
        )
    ]
    return Picture(
        "calibration",
        "Calibration",
        f"The probability of {of} in ten bins, against how often it was right; larger dots hold "
        "more records. On the dashed diagonal a probability means what it says.",
        _HEIGHT,
        [
            *frame.axes("predicted probability", "observed share"),
            _diagonal(frame),
            _curve(frame.path(curve.predicted, curve.observed), "line"),
            *dots,
        ],
        Table(
            ("predicted probability", "observed share", "records"),
            [
                (number(predicted), number(observed), f"{count:,}")
                for predicted, observed, count in zip(
                    curve.predicted, curve.observed, curve.counts, strict=True
                )
            ],
        ),
    )


def thresholds(table: Thresholds) -> Picture:
    """Precision, recall and F1 where "yes" begins elsewhere."""
    frame = _unit_frame()
    used = frame.x(table.used)
    series = (
        ("precision", "line", table.precision),
        ("recall", "line second", table.recall),
        ("F1", "line third", table.f1),
    )
    scored = zip(table.f1, table.threshold, strict=True)
    best = max(scored, key=lambda pair: (pair[0], -abs(pair[1] - table.used)))[1]
    return Picture(
        "threshold",
        "Threshold",
        "Precision, recall and F1 if a record counts as positive from another probability on. The "
        f"dashed line marks {number(table.used)}, which the metrics use; F1 is highest at "
        f"{number(best)}.",
        _HEIGHT,
        [
            *frame.axes("threshold", "score"),
            line("guide", used, _BOTTOM, used, _TOP, stroke_dasharray="4 4"),
            *(_curve(frame.path(table.threshold, ys), paint) for _, paint, ys in series),
            *_legend([(name, paint) for name, paint, _ in series]),
        ],
        Table(
            ("threshold", "precision", "recall", "F1", "called positive"),
            [
                (number(row[0]), *(number(score) for score in row[1:4]), percent(row[4]))
                for row in zip(
                    table.threshold,
                    table.precision,
                    table.recall,
                    table.f1,
                    table.predicted_positive,
                    strict=True,
                )
            ],
        ),
    )


def predicted_against_known(pairs: Pairs) -> Picture:
    """Each record a dot."""
    everything = [*pairs.known, *pairs.predicted]
    frame = Frame(
        Scale.of(everything, _LEFT, _RIGHT, 0.03), Scale.of(everything, _BOTTOM, _TOP, 0.03)
    )
    return Picture(
        "predicted-against-known",
        "Predicted against known",
        f"{len(pairs.known)} test records; on the dashed diagonal a prediction is right.",
        _HEIGHT,
        [
            *frame.axes("known", "predicted"),
            _diagonal(frame),
            painted(
                "path",
                "dots",
                d=frame.dots(pairs.known, pairs.predicted),
                stroke_width=5,
                stroke_linecap="round",
                stroke_opacity="0.7",
            ),
        ],
        _points(("known", "predicted"), pairs.known, pairs.predicted),
    )


def residuals(found: Residuals) -> Picture:
    """Histogram of prediction minus label."""
    edges = found.edges if len(found.edges) > 1 else [found.edges[0]] * 2
    x = Scale.of([*edges, 0.0], _LEFT, _RIGHT, 0.03)
    frame = Frame(x, Scale.of([0, max(*found.counts, 1)], _BOTTOM, _TOP))
    bars = [
        painted(
            "rect",
            "bar",
            x=x(low),
            y=frame.y(count),
            width=max(x(high) - x(low) - 1, 1),
            height=_BOTTOM - frame.y(count),
        )
        for low, high, count in zip(edges[:-1], edges[1:], found.counts, strict=True)
    ]
    rows = [
        (f"{number(low)} to {number(high)}", f"{count:,}")
        for low, high, count in zip(edges[:-1], edges[1:], found.counts, strict=True)
    ]
    return Picture(
        "residuals",
        "Residuals",
        f"Prediction minus known value: {number(found.mean)} on average, {number(found.lowest)} to "
        f"{number(found.highest)} in all. The outermost bars hold what lies beyond, too.",
        _HEIGHT,
        [
            *frame.axes("prediction minus known value", "records"),
            *bars,
            line("guide", x(0), _BOTTOM, x(0), _TOP, stroke_dasharray="4 4"),
        ],
        Table(("residual", "records"), rows),
    )


def _unit_frame() -> Frame:
    return Frame(Scale(0, 1, _LEFT, _RIGHT), Scale(0, 1, _BOTTOM, _TOP))


def _curve(path: str, paint: str) -> Element:
    return painted("path", paint, d=path, stroke_width=2, stroke_linejoin="round")


def _diagonal(frame: Frame) -> Element:
    low, high = frame.x.low, frame.x.high
    return line(
        "guide", frame.x(low), frame.y(low), frame.x(high), frame.y(high), stroke_dasharray="4 4"
    )


def _legend(series: Sequence[tuple[str, str]]) -> list[Element]:
    drawn = []
    for place, (name, paint) in enumerate(series):
        x = _LEFT + 70 + 90 * place
        drawn += [
            line(paint, x, _TOP - 14, x + 18, _TOP - 14, stroke_width=2),
            text(name, x + 23, _TOP - 10),
        ]
    return drawn


def _points(header: tuple[str, str], xs: Sequence[float], ys: Sequence[float]) -> Table:
    """Eleven points of a curve, evenly chosen."""
    last = len(xs) - 1
    chosen = sorted({round(last * place / (_LISTED_POINTS - 1)) for place in range(_LISTED_POINTS)})
    return Table(header, [(number(xs[place]), number(ys[place])) for place in chosen])
