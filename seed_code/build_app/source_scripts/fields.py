"""What the fields of a record become: numbers, or a refusal that names row, column and remedy.

Needs the standard library alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from dataset import REFUSE, Column, FileFormat

# Decimal digits of ASCII, with point and exponent; no nan, inf, 0x10, 1_000 or other digits.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# XGBoost computes with float32 and refuses what that cannot hold.
LARGEST_NUMBER = 3.4028234663852886e38
UNSEEN = -1
MOST_CATEGORIES = 1000
_LONGEST_SHOWN = 60
_MOST_LISTED = 10


class RecordError(ValueError):
    """A record was refused; the message names its row, its column and the remedy."""


@dataclass
class Vocabulary:
    """The numbers of the values that categories without fixed ones were seen to have.

    Attributes:
        numbers: by column and value.
        is_learning: a new value gets the next number; else it is `UNSEEN`.
    """

    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    is_learning: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Sequence[str]]) -> Vocabulary:
        """Number the values of each column in their order."""
        return cls({name: {v: i for i, v in enumerate(of)} for name, of in values.items()})

    def find(self, column: str, value: str) -> int:
        """Number a value.

        Raises:
            ValueError: it is one too many; the message continues a sentence.
        """
        known = self.numbers.setdefault(column, {})
        if self.is_learning and value not in known:
            if len(known) == MOST_CATEGORIES:
                raise ValueError(
                    f"is one more than {MOST_CATEGORIES} different values; "
                    "make the column's type text or identifier"
                )
            known[value] = len(known)
        return known.get(value, UNSEEN)


def is_number(text: str) -> bool:
    """Whether a text is a decimal number, of whatever size."""
    return _NUMBER.fullmatch(text) is not None


def parse_number(text: str) -> float:
    """Read a number: the one rule for features, labels and predictions.

    Raises:
        ValueError: the text is no decimal number, or a model cannot hold it; the message continues
            a sentence that begins with the text.
    """
    if not is_number(text):
        raise ValueError("is not a number")
    number = float(text)
    if abs(number) > LARGEST_NUMBER:
        raise ValueError(
            f"is too large a number; at most {LARGEST_NUMBER:.2g} can be computed with"
        )
    return number


def shown(text: str) -> str:
    """A text from outside in quotes, for a sentence: shortened, and on one line."""
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")


def listed(names: Collection[str]) -> str:
    """Names in a sentence, those of a long list not all."""
    more = ", …" if len(names) > _MOST_LISTED else ""
    return ", ".join(shown(name) for name in islice(names, _MOST_LISTED)) + more


class Layout:
    """Where each column stands in a file, and what its fields become."""

    def __init__(self, columns: Sequence[Column], form: FileFormat, vocabulary: Vocabulary) -> None:
        self._columns = columns
        self._missing = frozenset(form.missing)
        self._has_comma = form.decimal == ","
        self._order: list[int] | None = None
        self._width = len(columns)
        self._read_field = [
            (position, _converter(column, vocabulary))
            for position, column in enumerate(columns)
            if column.is_used
        ]

    def read_header(self, names: list[str], where: str) -> None:
        """Find the columns by the names in a file's first row."""
        wanted = [column.name for column in self._columns]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise RecordError(f"{where}: two columns are called {shown(twice)}; rename one.")
        lacking = next((name for name in wanted if name not in names), None)
        if lacking is not None:
            raise RecordError(
                f"{where}: the header has no column {shown(lacking)} of dataset.toml; it names "
                f"{listed(names)}."
            )
        surplus = next((name for name in names if name not in wanted), None)
        if surplus is not None:
            raise RecordError(
                f"{where}: dataset.toml does not know column {shown(surplus)}; "
                "name it there, with type text if no model is to see it."
            )
        self._order = [names.index(name) for name in wanted]

    def read(self, fields: list[str], where: str) -> tuple[list[str], list[float]]:
        """One record: its fields as an endpoint is sent them, and its numbers."""
        if len(fields) != self._width:
            _refuse_width(fields, self._columns, where)
        if self._order is not None:
            fields = [fields[position] for position in self._order]
        if self._missing:
            fields = ["" if text in self._missing else text for text in fields]
        if self._has_comma:
            fields = self._with_points(fields, where)
        try:
            return fields, [read(fields[position]) for position, read in self._read_field]
        except ValueError:
            self._refuse_field(fields, where)
            raise

    def _with_points(self, fields: list[str], where: str) -> list[str]:
        changed = list(fields)
        for position, column in enumerate(self._columns):
            if column.type == "number":
                if "." in fields[position]:
                    raise RecordError(
                        f"{where}, column '{column.name}': {shown(fields[position])} has a point, "
                        "but dataset.toml says that numbers have a decimal comma."
                    )
                changed[position] = fields[position].replace(",", ".")
        return changed

    def _refuse_field(self, fields: list[str], where: str) -> None:
        for position, read in self._read_field:
            try:
                read(fields[position])
            except ValueError as error:
                name = self._columns[position].name
                raise RecordError(
                    f"{where}, column '{name}': {shown(fields[position])} {error}."
                ) from error


def _converter(column: Column, vocabulary: Vocabulary) -> Callable[[str], float]:
    """What makes a number of a column's field, or raises ValueError with the end of a sentence."""
    if column.type == "category":
        return _category_converter(column, vocabulary)

    def number(text: str) -> float:
        if not text and column.empty != REFUSE:
            return math.nan
        value = parse_number(text)
        if value < column.minimum:
            raise ValueError(f"is below {column.minimum:g}, the column's minimum")
        if value > column.maximum:
            raise ValueError(f"is above {column.maximum:g}, the column's maximum")
        return value

    return number


def _category_converter(column: Column, vocabulary: Vocabulary) -> Callable[[str], float]:
    instead = column.empty if isinstance(column.empty, str) and column.empty != REFUSE else ""

    def fixed(text: str) -> float:
        try:
            return column.positions[text or instead]
        except KeyError:
            raise ValueError(f"is not one of {listed(column.values)}") from None

    def learnt(text: str) -> float:
        if not text and column.empty == REFUSE:
            raise ValueError("is empty; supply a value")
        return vocabulary.find(column.name, text or instead)

    return fixed if column.values else learnt


def _refuse_width(fields: Sequence[str], columns: Sequence[Column], where: str) -> None:
    expected = listed([column.name for column in columns])
    has = f"the row has {len(fields)} columns, expected {len(columns)}: {expected}."
    if len(fields) < len(columns):
        raise RecordError(f"{where}: column '{columns[len(fields)].name}' is missing; {has}")
    surplus = shown(fields[len(columns)])
    raise RecordError(f"{where}: surplus value {surplus} after column '{columns[-1].name}'; {has}")
