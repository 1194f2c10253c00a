"""Pictures of things side by side: bars, and the matrix of classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ml_pipelines.card.drawing import WIDTH, Scale, line, painted, text, text_width
from ml_pipelines.card.picture import Picture, Table
from ml_pipelines.card.report import ClassScore, Confusion, GroupedErrors, Importance
from ml_pipelines.card.wording import cut, group_name, number, optional, percent, title_of

_ROW = 24.0
_LABELS = 150.0
_NUMBERS = 32.0
_VALUES = 60.0
_LONGEST_LABEL = 21
_SHOWN_COLUMNS = 12
# Of more classes the matrix has no room for names and counts; its table has both.
_MOST_NAMED_CLASSES = 12


@dataclass(frozen=True)
class Bar:
    """One bar, with what stands before and behind it."""

    label: str
    value: float
    shown: str
    deviation: float = 0.0


def importance(found: Importance) -> Picture:
    """How much worse the model becomes without each column."""
    bars = [
        Bar(column.name, column.increase, number(column.increase, 3), column.deviation)
        for column in found.columns[:_SHOWN_COLUMNS]
    ]
    loss = title_of(found.loss)
    some = found.shuffled_columns < found.used_columns
    chosen = ", those by whose values the predictions differ most" if some else ""
    return Picture(
        "importance",
        "Importance of columns",
        f"How much the {loss} ({number(found.before)}) of {found.records} test records grows when "
        f"one column is shuffled, on average of {found.repeats} times; the whiskers show their "
        f"standard deviation. Shuffled: {found.shuffled_columns} of {found.used_columns} "
        f"columns{chosen}.",
        *_bars(bars),
        Table(
            ("column", "type", f"{loss} grows by", "standard deviation"),
            [
                (column.name, column.type, number(column.increase), number(column.deviation))
                for column in found.columns
            ],
        ),
    )


def grouped_errors(found: GroupedErrors, place: int, *, is_regression: bool) -> Picture:
    """The error in each group of records."""
    what = "mean absolute error" if is_regression else "share of wrong predictions"
    shown = number if is_regression else percent
    bars = [Bar(group_name(group), group.error, shown(group.error)) for group in found.groups]
    return Picture(
        f"errors-{place}",
        f"Error by {found.column}",
        f"The {what} of the test records in each group.",
        *_bars(bars),
        Table(
            (found.column, what, "records"),
            [
                (group_name(group), shown(group.error), f"{group.records:,}")
                for group in found.groups
            ],
        ),
    )


def class_scores(scores: Sequence[ClassScore]) -> Picture:
    """Each class against all others."""
    bars = [Bar(score.name, score.recall or 0.0, optional(score.recall)) for score in scores]
    return Picture(
        "classes",
        "Recall by class",
        "How many records of each class are found; the table has precision and AUC, too.",
        *_bars(bars, highest=1.0),
        Table(
            ("class", "records", "precision", "recall", "AUC against the others"),
            [
                (
                    score.name,
                    f"{score.records:,}",
                    optional(score.precision),
                    optional(score.recall),
                    optional(score.auc),
                )
                for score in scores
            ],
        ),
    )


def confusion(matrix: Confusion) -> Picture:
    """How often each class was predicted for each."""
    names = [*matrix.classes, *([f"{matrix.others} others"] if matrix.others else [])]
    is_named = len(names) <= _MOST_NAMED_CLASSES
    left = _LABELS if is_named else _NUMBERS
    side = min((WIDTH - left - 10) / len(names), 80.0)
    drawn = [text("predicted", left, 14)]
    for place, (name, row) in enumerate(zip(names, matrix.counts, strict=True)):
        middle = side * (place + 0.5)
        label = cut(f"{place + 1} {name}" if is_named else f"{place + 1}", _LONGEST_LABEL)
        drawn.append(text(f"{place + 1}", left + middle, 32, anchor="middle"))
        drawn.append(text(label, left - 8, 44 + middle, paint="ink", anchor="end"))
        drawn += _cells(row, left, 40 + side * place, side, is_counted=is_named)
    return Picture(
        "confusion",
        "Confusion matrix",
        "Known classes as rows, predicted ones as columns, by number; the table has all names. A "
        "cell is the darker, the larger its share of the row. Right are those on the diagonal.",
        50 + side * len(names),
        drawn,
        Table(
            ("known", *(f"as {name}" for name in names)),
            [
                (name, *(f"{count:,}" for count in row))
                for name, row in zip(names, matrix.counts, strict=True)
            ],
        ),
    )


def _cells(
    row: Sequence[int], left: float, y: float, side: float, *, is_counted: bool
) -> list[Element]:
    total = max(sum(row), 1)
    drawn = []
    for place, count in enumerate(row):
        x = left + side * place
        opacity = f"{0.04 + 0.5 * count / total:.2f}"
        drawn.append(
            painted("rect", "bar", x=x, y=y, width=side - 1, height=side - 1, fill_opacity=opacity)
        )
        shown = f"{count:,}"
        if count and is_counted and text_width(shown) < side:
            drawn.append(text(shown, x + side / 2, y + side / 2 + 4, paint="ink", anchor="middle"))
    return drawn


def _bars(bars: Sequence[Bar], highest: float = 0.0) -> tuple[float, list[Element]]:
    """Height and drawing of horizontal bars, from zero."""
    ends = [bar.value + bar.deviation for bar in bars] + [bar.value - bar.deviation for bar in bars]
    x = Scale.of([0.0, highest or float(not any(ends)), *ends], _LABELS, WIDTH - _VALUES)
    drawn = [line("axis", x(0), 4, x(0), 4 + _ROW * len(bars))]
    for place, bar in enumerate(bars):
        y = 4 + _ROW * place
        middle = y + _ROW / 2
        left, right = sorted((x(0), x(bar.value)))
        width = max(right - left, 0.5)
        drawn.append(
            text(cut(bar.label, _LONGEST_LABEL), _LABELS - 8, middle + 4, paint="ink", anchor="end")
        )
        drawn.append(painted("rect", "bar", x=left, y=y + 4, width=width, height=_ROW - 8))
        tip = x(bar.value + bar.deviation)
        if bar.deviation:
            drawn.append(line("whisker", x(bar.value - bar.deviation), middle, tip, middle))
        drawn.append(text(bar.shown, max(right, tip) + 6, middle + 4))
    return 12 + _ROW * len(bars), drawn
