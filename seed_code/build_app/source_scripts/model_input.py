"""How records become the numbers that a model sees.

Preprocessing fits `Statistics` on the training split; the endpoint applies them to raw records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from dataset import MEAN, Column
from fields import LARGEST_NUMBER, UNSEEN, RecordError, Vocabulary
from numpy.typing import NDArray
from records import Records

Numbers: TypeAlias = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Statistics:
    """What was learnt from the training split.

    Attributes:
        fills: what stands for an empty number, for each number column, in their order.
        means: of the number columns, filled.
        deviations: standard deviations of the number columns, filled; 1 for a constant.
        categories: the values of the categories without fixed ones, by column.
    """

    fills: tuple[float, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    categories: dict[str, list[str]]

    def to_dict(self) -> dict[str, Any]:
        """The form that is written as JSON into the model archive."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Statistics:
        """Read the form that `to_dict` gives."""
        fills, means, deviations = (tuple(values[n]) for n in ("fills", "means", "deviations"))
        return cls(fills, means, deviations, dict(values["categories"]))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The numbers by which a model knows the learnt categories."""
        return Vocabulary.of(self.categories)


def as_table(records: Records) -> Numbers:
    """The numbers of records, n x used columns."""
    return np.frombuffer(records.numbers).reshape(len(records.rows), -1)


def fit_statistics(
    table: Numbers, rows: NDArray[np.int64], columns: Sequence[Column], vocabulary: Vocabulary
) -> Statistics:
    """Learn from the training records, column by column.

    Args:
        table: n x used columns of the data.
        rows: which of the records are to train.
        columns: the used columns.
        vocabulary: by which the learnt categories of the table are numbered.

    Raises:
        RecordError: a column has no value in any training record.
    """
    learnt = [
        _of_numbers(table[rows, position], column)
        for position, column in enumerate(columns)
        if column.type == "number"
    ]
    categories = {
        column.name: _seen(table[rows, position], vocabulary.numbers[column.name])
        for position, column in enumerate(columns)
        if column.type == "category" and not column.values
    }
    fills, means, deviations = zip(*learnt, strict=True) if learnt else ((), (), ())
    return Statistics(fills, means, deviations, categories)


def renumber(
    table: Numbers, columns: Sequence[Column], vocabulary: Vocabulary, statistics: Statistics
) -> None:
    """Number the learnt categories of a table, in place, as the statistics do."""
    for position, column in enumerate(columns):
        if column.name in statistics.categories:
            known = statistics.vocabulary
            found = [known.find(column.name, value) for value in vocabulary.numbers[column.name]]
            table[:, position] = np.array(found, dtype=float)[table[:, position].astype(int)]


def to_model_input(features: Numbers, columns: Sequence[Column], statistics: Statistics) -> Numbers:
    """Impute and standardise the numbers, then append one column per category.

    Args:
        features: n x used features.
        columns: the used features.
        statistics: what `fit_statistics` learnt.

    Returns:
        n x (number features + categories), float32. What is too far from the mean for that is the
        largest number: no decision of a tree lies beyond. An unseen category has no flag set.
    """
    numeric = features[:, [i for i, column in enumerate(columns) if column.type == "number"]]
    filled = np.where(np.isnan(numeric), np.array(statistics.fills), numeric)
    with np.errstate(over="ignore"):
        scaled = (filled - np.array(statistics.means)) / np.array(statistics.deviations)
    flags = [
        features[:, [position]] == np.arange(_count(column, statistics))
        for position, column in enumerate(columns)
        if column.type == "category"
    ]
    bounded = scaled.clip(-LARGEST_NUMBER, LARGEST_NUMBER)
    return np.hstack([bounded, *flags]).astype(np.float32)


def _of_numbers(values: Numbers, column: Column) -> tuple[float, float, float]:
    empty = np.isnan(values)
    if isinstance(column.empty, int | float):
        fill = float(column.empty)
    elif empty.all():
        raise RecordError(
            f"column '{column.name}' has no value in any training record; supply data."
        )
    else:
        fill = float(np.mean(values[~empty]) if column.empty == MEAN else np.median(values[~empty]))
    values[empty] = fill
    deviation = float(values.std())
    return fill, float(values.mean()), deviation if deviation > 0 else 1.0


def _seen(positions: Numbers, numbers: dict[str, int]) -> list[str]:
    seen = set(np.unique(positions).astype(int).tolist()) - {UNSEEN}
    return sorted(value for value, number in numbers.items() if number in seen)


def _count(column: Column, statistics: Statistics) -> int:
    return len(column.values or statistics.categories[column.name])
