"""What a record is: its columns, how it is read and written, and what counts as a number.

Shared by everything that reads records: preprocessing, evaluation, the endpoint, and tools without
numpy, so it needs the standard library alone. To use another data set, change `COLUMNS` and
`LABEL`.
"""

from __future__ import annotations

import csv
import io
import math
import re
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice


@dataclass(frozen=True)
class Column:
    """One column: a category when `categories` is given, else a number."""

    name: str
    categories: tuple[str, ...] = ()

    @cached_property
    def positions(self) -> dict[str, int]:
        """Position of each category; blanks around one do not count."""
        return {category.strip(): position for position, category in enumerate(self.categories)}


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

# Decimal digits of ASCII, with point and exponent; no nan, inf, 0x10, 1_000 or other digits.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# XGBoost computes with float32 and refuses what that cannot hold.
LARGEST_NUMBER = 3.4028234663852886e38
_LONGEST_SHOWN = 60
_MOST_LISTED = 10


class RecordError(ValueError):
    """A record was refused; the message names its row, its column and the remedy."""


@dataclass(frozen=True)
class Records:
    """Records as they were written, and their numbers row by row; a category is its position."""

    rows: list[list[str]]
    numbers: array[float]


def read_records(content: str | bytes, columns: Sequence[Column], *, source: str) -> Records:
    """Read comma-separated records (RFC 4180, UTF-8) without a header; blank lines are skipped.

    An empty numeric field is NaN, to be imputed; an empty label is refused, and an empty category
    unless it is one.

    Args:
        content: the whole file or request body.
        columns: what every record must hold, in order.
        source: what the sentences call the text, such as a file name.

    Raises:
        RecordError: the text is no CSV in UTF-8, holds no record, starts with a header, or a
            record has a missing or surplus column or a value that its column cannot hold.
    """
    rows: list[list[str]] = []
    numbers = array("d")
    text = io.StringIO(_text(content, source), newline="")
    reader = csv.reader(text, strict=True, skipinitialspace=True)
    try:
        for row in reader:
            if not row:
                continue
            fields = [field.strip() for field in row]
            where = f"{source}, row {reader.line_num}"
            try:
                _check_width(fields, columns, where)
                numbers.extend(_values(fields, columns, where))
            except RecordError:
                if not rows:
                    _check_header(fields, columns, where)
                raise
            rows.append(fields)
    except csv.Error as error:
        place = f"{source}, row {reader.line_num}"
        raise RecordError(
            f"{place} is not CSV ({error}); write quotes as RFC 4180 says."
        ) from error
    if not rows:
        raise RecordError(f"{source} is empty; supply at least one record.")
    return Records(rows, numbers)


def write_records(rows: Iterable[Sequence[str]]) -> str:
    """Write records so that `read_records` reads the same ones: each ends with CR and LF."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def parse_number(text: str) -> float:
    """Read a number: the one rule for features, labels and predictions.

    Raises:
        ValueError: the text is no decimal number, or a model cannot hold it; the message continues
            a sentence that begins with the text.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number")
    number = float(text)
    if abs(number) > LARGEST_NUMBER:
        raise ValueError(
            f"is too large a number; at most {LARGEST_NUMBER:.2g} can be computed with"
        )
    return number


def _text(content: str | bytes, source: str) -> str:
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordError(f"{source} is not UTF-8 text; supply CSV records.") from error


def _values(fields: Sequence[str], columns: Sequence[Column], where: str) -> list[float]:
    return [_value(field, column, where) for field, column in zip(fields, columns, strict=True)]


def _value(field: str, column: Column, where: str) -> float:
    if column.categories:
        if field not in column.positions:
            known = _listed(column.positions)
            raise RecordError(
                f"{where}, column '{column.name}': {shown(field)} is not one of {known}."
            )
        return float(column.positions[field])
    if not field and column.name != LABEL:
        return math.nan
    try:
        return parse_number(field)
    except ValueError as error:
        raise RecordError(f"{where}, column '{column.name}': {shown(field)} {error}.") from error


def _check_width(fields: Sequence[str], columns: Sequence[Column], where: str) -> None:
    if len(fields) == len(columns):
        return
    expected = _listed([column.name for column in columns])
    has = f"the row has {len(fields)} columns, expected {len(columns)}: {expected}."
    if len(fields) < len(columns):
        raise RecordError(f"{where}: column '{columns[len(fields)].name}' is missing; {has}")
    surplus = shown(fields[len(columns)])
    raise RecordError(f"{where}: surplus value {surplus} after column '{columns[-1].name}'; {has}")


def _check_header(fields: Sequence[str], columns: Sequence[Column], where: str) -> None:
    """Tell a header from a faulty first record: it names a column, or holds words as numbers."""
    named = {column.name.casefold() for column in columns}
    given = fields[: len(columns)]
    # The row may be too short or too long here.
    pairs = zip(given, columns, strict=False)
    numeric = [field for field, column in pairs if not column.categories]
    words = len(numeric) > 1 and all(field and not _NUMBER.fullmatch(field) for field in numeric)
    if words or any(field.casefold().replace(" ", "_") in named for field in given):
        raise RecordError(
            f"{where} is a header row (it starts with {shown(fields[0])}); "
            "remove it: the columns are known by their order."
        )


def _listed(names: Collection[str]) -> str:
    """Names in a sentence, those of a long list not all."""
    more = ", …" if len(names) > _MOST_LISTED else ""
    return ", ".join(shown(name) for name in islice(names, _MOST_LISTED)) + more


def shown(text: str) -> str:
    """A text from outside in quotes, for a sentence: shortened, and on one line."""
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")
