"""What the model looks at: how much worse it becomes when one column is shuffled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from dataset import Column
from groups import Groups, Rows, column_of, groups_of
from metrics import REGRESSION
from scores import Numbers, log_losses
from shortening import rounded, shortened

Json: TypeAlias = dict[str, Any]
Predict: TypeAlias = Callable[[list[list[str]]], Numbers]
MOST_RECORDS = 500
FEWEST_RECORDS = 50
REPEATS = 3
# All shuffled records together have at most so many fields: about ten seconds of predicting.
MOST_FIELDS = 4_000_000
LISTED_COLUMNS = 30


@dataclass(frozen=True)
class Importance:
    """What shuffling showed.

    Attributes:
        report: for the card.
        order: positions of the columns that were shuffled, the most important first.
    """

    report: Json
    order: list[int]


def permutation_importance(
    task: str,
    labels: Numbers,
    features: Rows,
    columns: Sequence[Column],
    predict: Predict,
    seed: int,
) -> Importance:
    """Shuffle one column at a time, three times, and compare the loss with the one before.

    At most 500 records are shuffled; of wide data fewer, down to 50; and of data that is wider
    still only those columns by whose values the predictions differ most.
    """
    used = [i for i, column in enumerate(columns) if column.is_used]
    source = np.random.default_rng(seed)
    chosen = source.permutation(labels.size)[: _records_to_shuffle(len(columns), len(used))]
    known, rows = labels[chosen], [list(features[position]) for position in chosen]
    predictions = predict(rows)
    before = _loss(task, known, predictions)
    most = max(MOST_FIELDS // (REPEATS * len(columns) * len(rows)), 1)
    increases: dict[int, Numbers] = {}
    for position in _most_telling(used, most, rows, columns, predictions):
        repeats = np.split(predict(_shuffled(rows, position, source)), REPEATS)
        increases[position] = np.array([_loss(task, known, part) for part in repeats]) - before
    order = sorted(increases, key=lambda position: -float(increases[position].mean()))
    report = {
        "loss": "rmse" if task == REGRESSION else "log_loss",
        "before": rounded(before),
        "records": len(rows),
        "repeats": REPEATS,
        "used_columns": len(used),
        "shuffled_columns": len(order),
        "columns": [
            _listed(columns[position], increases[position]) for position in order[:LISTED_COLUMNS]
        ],
    }
    return Importance(report, order)


def _records_to_shuffle(columns: int, used: int) -> int:
    affordable = MOST_FIELDS // (REPEATS * columns * used)
    return min(max(affordable, FEWEST_RECORDS), MOST_RECORDS)


def _listed(column: Column, increases: Numbers) -> Json:
    return {
        "name": shortened(column.name),
        "type": column.type,
        "increase": rounded(float(increases.mean())),
        "deviation": rounded(float(increases.std())),
    }


def _shuffled(rows: Rows, position: int, source: np.random.Generator) -> list[list[str]]:
    """The rows three times, each time with the fields of one column in another order."""
    values = column_of(rows, position)
    return [
        [*row[:position], values[other], *row[position + 1 :]]
        for _ in range(REPEATS)
        for row, other in zip(rows, source.permutation(len(rows)), strict=True)
    ]


def _most_telling(
    used: list[int],
    most: int,
    rows: Rows,
    columns: Sequence[Column],
    predictions: Numbers,
) -> list[int]:
    if len(used) <= most:
        return used
    telling = {
        position: _between(groups_of(columns[position], column_of(rows, position)), predictions)
        for position in used
    }
    return sorted(used, key=lambda position: -telling[position])[:most]


def _between(groups: Groups, predictions: Numbers) -> float:
    """The part of the predictions' variance that lies between the groups, not normalised."""
    table = predictions.reshape(groups.positions.size, -1)
    sums = np.zeros((len(groups.descriptions), table.shape[1]))
    np.add.at(sums, groups.positions, table - table.mean(axis=0))
    counts = np.bincount(groups.positions, minlength=len(sums))
    return float((sums**2 / np.maximum(counts, 1)[:, np.newaxis]).sum())


def _loss(task: str, labels: Numbers, predictions: Numbers) -> float:
    if task == REGRESSION:
        return float(np.sqrt(((predictions - labels) ** 2).mean()))
    return float(log_losses(task, labels.astype(np.intp), predictions).mean())
