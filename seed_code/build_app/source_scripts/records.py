"""What a record is: its columns, how it is read, and how it becomes the numbers a model sees.

Shared by all three stages: preprocessing fits `Statistics` on the training split, the endpoint
applies them to raw records, and both read records with the same rules and the same sentences.
To use another data set, change `COLUMNS` and `LABEL`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Column:
    """One column: a category when `categories` is given, else a number."""

    name: str
    categories: tuple[str, ...] = ()


COLUMNS = (
    Column("sex", categories=("F", "I", "M")),
    Column("length"),
    Column("diameter"),
    Column("height"),
    Column("whole_weight"),
    Column("shucked_weight"),
    Column("viscera_weight"),
    Column("shell_weight"),
    Column("rings"),
)
LABEL = "rings"
FEATURES = tuple(column for column in COLUMNS if column.name != LABEL)
LABEL_POSITION = next(i for i, column in enumerate(COLUMNS) if column.name == LABEL)


class RecordError(ValueError):
    """A record was refused; the message names its row, its column and the remedy."""


@dataclass(frozen=True)
class Records:
    """Records as they were written and as numbers (n x columns); a category is its position."""

    rows: list[list[str]]
    numbers: Numbers


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


def read_records(text: str, columns: Sequence[Column], *, source: str) -> Records:
    """Read comma-separated records without a header; blank lines are skipped.

    An empty numeric field is NaN, to be imputed; an empty label or category is refused.

    Args:
        text: the whole file or request body.
        columns: what every record must hold, in order.
        source: what the sentences call the text, such as a file name.

    Raises:
        RecordError: the text holds no record, starts with a header, or a record has a missing or
            surplus column or a value that its column cannot hold.
    """
    rows: list[list[str]] = []
    numbers: list[list[float]] = []
    reader = csv.reader(io.StringIO(text))
    for row in reader:
        if not row:
            continue
        where = f"{source}, row {reader.line_num}"
        fields = [field.strip() for field in row]
        if not rows and _is_header(fields, columns):
            raise RecordError(
                f"{where} is a header row (it starts with '{fields[0]}'); "
                "remove it: the columns are known by their order."
            )
        _check_width(fields, columns, where=where)
        numbers.append(
            [
                _number(field, column, where=where)
                for field, column in zip(fields, columns, strict=True)
            ]
        )
        rows.append(fields)
    if not rows:
        raise RecordError(f"{source} is empty; supply at least one record.")
    return Records(rows, np.array(numbers, dtype=np.float64))


def fit_statistics(features: Numbers) -> Statistics:
    """Learn medians, means and standard deviations of the numeric features.

    Args:
        features: n x features, as `Records.numbers` holds them, of the training split only.

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
        features: n x features, as `Records.numbers` holds them.
        statistics: what `fit_statistics` learnt.

    Returns:
        n x (numeric features + categories), float32.
    """
    numeric = features[:, _numeric_positions()]
    filled = np.where(np.isnan(numeric), np.array(statistics.medians), numeric)
    scaled = (filled - np.array(statistics.means)) / np.array(statistics.deviations)
    flags = [
        features[:, [position]] == np.arange(len(column.categories))
        for position, column in enumerate(FEATURES)
        if column.categories
    ]
    return np.hstack([scaled, *flags]).astype(np.float32)


def _numeric_positions() -> list[int]:
    return [position for position, column in enumerate(FEATURES) if not column.categories]


def _number(field: str, column: Column, *, where: str) -> float:
    if column.categories:
        if field not in column.categories:
            raise RecordError(
                f"{where}, column '{column.name}': '{field}' is not one of "
                f"{_listed(column.categories)}."
            )
        return float(column.categories.index(field))
    if not field and column.name != LABEL:
        return math.nan
    number = _parse_float(field)
    if not math.isfinite(number):
        raise RecordError(f"{where}, column '{column.name}': '{field}' is not a number.")
    return number


def _parse_float(field: str) -> float:
    try:
        return float(field)
    except ValueError:
        return math.nan


def _check_width(fields: list[str], columns: Sequence[Column], *, where: str) -> None:
    expected = f"expected {len(columns)}: {_listed(column.name for column in columns)}"
    if len(fields) < len(columns):
        missing = columns[len(fields)].name
        raise RecordError(
            f"{where}: column '{missing}' is missing; the row has {len(fields)} columns, "
            f"{expected}."
        )
    if len(fields) > len(columns):
        raise RecordError(
            f"{where}: surplus value '{fields[len(columns)]}' after column "
            f"'{columns[-1].name}'; the row has {len(fields)} columns, {expected}."
        )


def _is_header(fields: list[str], columns: Sequence[Column]) -> bool:
    """A first row whose every field is a word that its column cannot hold."""
    named = {column.name for column in columns}
    if any(field.lower().replace(" ", "_") in named for field in fields):
        return True
    # The row may be too short or too long here: its width is checked after this.
    pairs = zip(fields, columns, strict=False)
    numeric = [field for field, column in pairs if not column.categories]
    return len(numeric) > 1 and all(
        field and not math.isfinite(_parse_float(field)) for field in numeric
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
