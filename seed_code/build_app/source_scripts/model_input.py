"""How records become the numbers that a model sees.

Preprocessing fits `Statistics` on the training split; the endpoint applies them to raw records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from records import FEATURES, LARGEST_NUMBER, RecordError, Records

Numbers: TypeAlias = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Statistics:
    """What was learnt from the training split, one value per numeric feature, in column order."""

    medians: tuple[float, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]

    def to_dict(self) -> dict[str, tuple[float, ...]]:
        """The form that is written as JSON into the model archive."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Sequence[float]]) -> Statistics:
        """Read the form that `to_dict` gives."""
        return cls(**{name: tuple(numbers) for name, numbers in values.items()})


def as_table(records: Records) -> Numbers:
    """The numbers of records, n x columns."""
    return np.array(records.numbers).reshape(len(records.rows), -1)


def fit_statistics(features: Numbers) -> Statistics:
    """Learn medians, means and standard deviations of the numeric features.

    Args:
        features: n x features, of the training split only.

    Raises:
        RecordError: a column has no value in any training record.
    """
    numeric = features[:, _numeric_positions()]
    empty = np.isnan(numeric).all(axis=0)
    if empty.any():
        name = [column.name for column in FEATURES if not column.categories][int(empty.argmax())]
        raise RecordError(f"column '{name}' has no value in any training record; supply data.")
    medians = np.nanmedian(numeric, axis=0)
    filled = np.where(np.isnan(numeric), medians, numeric)
    deviations = filled.std(axis=0)
    return Statistics(
        medians=tuple(medians.tolist()),
        means=tuple(filled.mean(axis=0).tolist()),
        deviations=tuple(np.where(deviations > 0, deviations, 1.0).tolist()),
    )


def to_model_input(features: Numbers, statistics: Statistics) -> Numbers:
    """Impute and standardise the numbers, then append one column per category.

    Args:
        features: n x features.
        statistics: what `fit_statistics` learnt.

    Returns:
        n x (numeric features + categories), float32. What is too far from the mean for that is the
        largest number: no decision of a tree lies beyond.
    """
    numeric = features[:, _numeric_positions()]
    filled = np.where(np.isnan(numeric), np.array(statistics.medians), numeric)
    with np.errstate(over="ignore"):
        scaled = (filled - np.array(statistics.means)) / np.array(statistics.deviations)
    flags = [
        features[:, [position]] == np.arange(len(column.categories))
        for position, column in enumerate(FEATURES)
        if column.categories
    ]
    bounded = scaled.clip(-LARGEST_NUMBER, LARGEST_NUMBER)
    return np.hstack([bounded, *flags]).astype(np.float32)


def _numeric_positions() -> list[int]:
    return [position for position, column in enumerate(FEATURES) if not column.categories]
