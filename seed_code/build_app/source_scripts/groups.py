"""Records in groups by one column: its categories, or ranges of its numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from dataset import Column
from metrics import REGRESSION
from scores import Numbers, Positions, predicted_classes
from shortening import rounded, shortened

Json: TypeAlias = dict[str, Any]
Rows: TypeAlias = Sequence[Sequence[str]]
NUMBER, CATEGORY = "number", "category"
GROUPED_COLUMNS = 5
LISTED_CATEGORIES = 8
RANGES = 5
NO_VALUE = "no value"


@dataclass(frozen=True)
class Groups:
    """The group of each record, and what each group is."""

    positions: Positions
    descriptions: list[Json]


def errors_by_group(
    task: str,
    labels: Numbers,
    predictions: Numbers,
    features: Rows,
    columns: Sequence[Column],
    order: Sequence[int],
) -> list[Json]:
    """How large the error is in each group of the first five columns of either type.

    The error is the mean absolute one, of classes the share that is wrong.

    Args:
        task: of the model, to which labels and predictions belong.
        labels: n numbers, or positions of classes.
        predictions: of all test records.
        features: the test records without label, raw.
        columns: what the fields of a record are.
        order: positions of columns, the most important first.
    """
    if task == REGRESSION:
        errors = np.abs(predictions - labels)
    else:
        errors = (predicted_classes(task, predictions) != labels).astype(np.float64)
    numbers, categories = (
        [position for position in order if columns[position].type == kind]
        for kind in (NUMBER, CATEGORY)
    )
    return [
        {
            "column": shortened(columns[position].name),
            "type": columns[position].type,
            "groups": _errors(groups_of(columns[position], column_of(features, position)), errors),
        }
        for position in (*numbers[:GROUPED_COLUMNS], *categories[:GROUPED_COLUMNS])
    ]


def groups_of(column: Column, values: Sequence[str]) -> Groups:
    """Put records into groups by their values of one column."""
    return _ranges(values) if column.type == NUMBER else _categories(values)


def column_of(rows: Rows, position: int) -> list[str]:
    """The fields of one column."""
    return [row[position] for row in rows]


def _errors(groups: Groups, errors: Numbers) -> list[Json]:
    counts = np.bincount(groups.positions, minlength=len(groups.descriptions))
    sums = np.bincount(groups.positions, errors, minlength=len(groups.descriptions))
    return [
        {**description, "records": int(count), "error": rounded(total / count)}
        for description, count, total in zip(groups.descriptions, counts, sums, strict=True)
        if count
    ]


def _categories(values: Sequence[str]) -> Groups:
    """The eight most frequent categories; the others in one group."""
    counts = Counter(values)
    listed = [value for value, _ in counts.most_common(LISTED_CATEGORIES)]
    places = {value: position for position, value in enumerate(listed)}
    return Groups(
        np.array([places.get(value, len(listed)) for value in values], dtype=np.intp),
        [
            *({"name": shortened(value.strip()) or NO_VALUE} for value in listed),
            {"name": f"{len(counts) - len(listed)} other values"},
        ],
    )


def _ranges(values: Sequence[str]) -> Groups:
    """Five ranges with about as many records each, fewer where one number is frequent."""
    numbers = np.array([_number(value) for value in values])
    present = ~np.isnan(numbers)
    if not present.any():
        return Groups(np.zeros(numbers.size, dtype=np.intp), [{"name": NO_VALUE}])
    bounds = np.unique(np.quantile(numbers[present], np.arange(1, RANGES) / RANGES))
    places = np.searchsorted(bounds, numbers)  # a bound belongs to the range below it
    places[~present] = bounds.size + 1
    ranges = [_range(numbers[places == place]) for place in range(bounds.size + 1)]
    return Groups(places, [*ranges, {"name": NO_VALUE}])


def _range(numbers: Numbers) -> Json:
    if not numbers.size:
        return {}
    return {"from": rounded(float(numbers.min())), "to": rounded(float(numbers.max()))}


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan
