"""What a record is, as `dataset.toml` says it: the columns, the label, how files are written.

Shared by all that reads records or settings, so it needs the standard library alone.
"""

from __future__ import annotations

import codecs
import math
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NoReturn, cast

Kind = Literal["number", "category", "text", "identifier"]
KINDS: tuple[Kind, ...] = ("number", "category", "text", "identifier")
IGNORED: tuple[Kind, ...] = ("text", "identifier")
MEDIAN, MEAN, REFUSE = "median", "mean", "refuse"
MINIMUM_RECORDS = 20
MINIMUM_OF_A_CLASS = 3
# Of two classes the second is meant from this probability on.
DECISION = 0.5
_OPTIONS: dict[Kind, tuple[str, ...]] = {
    "number": ("type", "empty", "minimum", "maximum"),
    "category": ("type", "empty", "values"),
    "text": ("type",),
    "identifier": ("type",),
}
_FILE = {"header": False, "delimiter": ",", "decimal": ".", "encoding": "utf-8", "missing": []}
_MOST_COLUMNS = 2000
_MOST_VALUES = 1000
_FEWEST_CLASSES = 2
_LONGEST_SHOWN = 80
# What no settings need, and for which the parser would take minutes: it is quadratic in the parts
# of a dotted key, which stands in one line.
_LONGEST_FILE = 2**20
_MOST_POINTS = 1000


class DatasetError(ValueError):
    """`dataset.toml` is refused; the message says what of it and what to do."""


@dataclass(frozen=True)
class Column:
    """One column of the data.

    Attributes:
        values: the values of a category that has fixed ones; without, they are learnt.
        empty: what stands for an empty number: `median` or `mean` of the training records, or a
            number; for an empty category: a value; or `refuse`. None: median, and a category of
            its own (refused among fixed values).
        minimum: a number below it is refused.
        maximum: a number above it is refused.
    """

    name: str
    type: Kind = "number"
    values: tuple[str, ...] = ()
    empty: str | float | None = None
    minimum: float = -math.inf
    maximum: float = math.inf

    @property
    def is_used(self) -> bool:
        """Whether a model sees the column."""
        return self.type not in IGNORED

    @cached_property
    def positions(self) -> dict[str, int]:
        """The number by which a model knows each of the fixed values."""
        return {value: position for position, value in enumerate(self.values)}


@dataclass(frozen=True)
class FileFormat:
    """How the files of the data are written.

    Attributes:
        header: the first row of each file names its columns, which may stand in any order.
        missing: what counts as an empty value.
    """

    header: bool = False
    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ()

    @property
    def codec(self) -> str:
        """How Python reads such a file, whose byte-order mark is no part of the first value."""
        return "utf-8-sig" if self.encoding.lower() in ("utf-8", "utf8") else self.encoding


@dataclass(frozen=True)
class Dataset:
    """All of `dataset.toml`."""

    columns: tuple[Column, ...]
    label: str
    file: FileFormat = FileFormat()

    @classmethod
    def parse(cls, content: str | bytes) -> Dataset:
        """Read the text of `dataset.toml`.

        Raises:
            DatasetError: it is not TOML in UTF-8, or a setting is missing, unknown or refused.
        """
        try:
            values = parse_toml(content)
        except ValueError as error:
            raise DatasetError(f"dataset.toml is not TOML: {error}.") from error
        _check_names("dataset.toml", values, ("label", "file", "columns"))
        columns = _table(values, "columns")
        if not 2 <= len(columns) <= _MOST_COLUMNS:
            _refuse("columns", f"{len(columns)} stand there; 2 to {_MOST_COLUMNS} are possible")
        made = [_column(name, settings) for name, settings in columns.items()]
        label = _label_position(values.get("label"), made)
        # A record without label teaches nothing.
        made[label] = replace(made[label], empty=REFUSE)
        return cls(tuple(made), made[label].name, _file_format(_table(values, "file")))

    @property
    def label_column(self) -> Column:
        """The column that is predicted."""
        return self.columns[self.label_position]

    @property
    def label_position(self) -> int:
        """Where the label stands among the columns."""
        return next(i for i, column in enumerate(self.columns) if column.name == self.label)

    @cached_property
    def features(self) -> tuple[Column, ...]:
        """What an endpoint is sent: all columns but the label, ignored ones too."""
        return tuple(column for column in self.columns if column.name != self.label)

    @property
    def classes(self) -> tuple[str, ...]:
        """The values of a label that is a category; of two, the second is the positive one."""
        return self.label_column.values


def parse_toml(content: str | bytes) -> dict[str, Any]:
    """Parse the text of a settings file, of any content, in bounded time.

    Raises:
        ValueError: it is no such text; the message says why.
    """
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        if len(text) > _LONGEST_FILE:
            raise ValueError(f"it has more than {_LONGEST_FILE} characters")
        if any(line.count(".") > _MOST_POINTS for line in text.splitlines()):
            raise ValueError(f"a line has more than {_MOST_POINTS} points; divide it")
        return tomllib.loads(text)
    except (RecursionError, ValueError) as error:  # of UTF-8, of TOML, of a number
        raise ValueError(" ".join(str(error).split())) from error


def _label_position(name: object, columns: list[Column]) -> int:
    names = [column.name for column in columns]
    if name not in names:
        _refuse("label", f"{_shown(name)} is none of the columns")
    position = names.index(name)
    label = columns[position]
    if not label.is_used:
        _refuse("label", f"its column is of type {label.type}; make it number or category")
    if label.type == "category" and len(label.values) < _FEWEST_CLASSES:
        _refuse("label", "its column names fewer than 2 values; list its classes there")
    if label.empty not in (None, REFUSE):
        _refuse("label", "its column has 'empty', but a record without label teaches nothing")
    if not any(column.is_used for column in columns if column is not label):
        _refuse("columns", "none but the label is of type number or category")
    return position


def _column(name: str, settings: object) -> Column:
    where = f"columns.{name}"
    if not name.strip() or name != name.strip():
        _refuse(where, "a name is neither empty nor begins or ends with a blank")
    if not isinstance(settings, dict):
        _refuse(where, 'write for example { type = "number" }')
    kind = settings.get("type")
    if kind not in KINDS:
        _refuse(f"{where}.type", f"{_shown(kind)} is none of {', '.join(KINDS)}")
    _check_names(where, settings, _OPTIONS[cast("Kind", kind)])
    values = _texts(f"{where}.values", settings.get("values", []))
    if len(values) > _MOST_VALUES:
        _refuse(f"{where}.values", f"{len(values)} are listed; at most {_MOST_VALUES} are possible")
    column = Column(
        name,
        cast("Kind", kind),
        tuple(value.strip() for value in values),
        settings.get("empty"),
        _limit(f"{where}.minimum", settings.get("minimum"), -math.inf),
        _limit(f"{where}.maximum", settings.get("maximum"), math.inf),
    )
    if len(set(column.values)) < len(column.values):
        _refuse(f"{where}.values", "a value stands there twice")
    if column.minimum > column.maximum:
        _refuse(where, "minimum is above maximum")
    _check_empty(f"{where}.empty", column)
    return column


def _check_empty(where: str, column: Column) -> None:
    empty = column.empty
    if empty is None or empty == REFUSE:
        return
    if column.type == "category":
        if not isinstance(empty, str) or (column.values and empty not in column.values):
            _refuse(where, f"{_shown(empty)} is no value of the column, nor {REFUSE!r}")
    elif empty not in (MEDIAN, MEAN) and not _is_number(empty):
        _refuse(where, f"{_shown(empty)} is neither {MEDIAN!r}, {MEAN!r}, {REFUSE!r} nor a number")


def _file_format(settings: Mapping[str, Any]) -> FileFormat:
    _check_names("file", settings, tuple(_FILE))
    given = {**_FILE, **settings}
    if not isinstance(given["header"], bool):
        _refuse("file.header", "write true or false")
    delimiter, decimal, encoding = given["delimiter"], given["decimal"], given["encoding"]
    if delimiter not in (",", ";", "\t", "|", " "):
        _refuse("file.delimiter", "a comma, semicolon, tab, bar or blank is possible")
    if decimal not in (".", ",") or decimal == delimiter:
        _refuse("file.decimal", "a point or comma is possible that is not the delimiter, too")
    try:
        codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, TypeError, ValueError):
        _refuse("file.encoding", f"Python knows no text encoding {_shown(encoding)}")
    missing = _texts("file.missing", given["missing"])
    return FileFormat(given["header"], delimiter, decimal, encoding, tuple(missing))


def _table(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = values.get(name, {})
    if not isinstance(table, dict):
        _refuse(name, f"it is a table; write [{name}]")
    return cast("dict[str, Any]", table)


def _check_names(where: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        _refuse(where, f"{_shown(unknown[0])} is no setting of it; there are {', '.join(known)}")


def _texts(where: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        _refuse(where, 'write a list of texts, such as ["no", "yes"]')
    return cast("list[str]", value)


def _limit(where: str, value: object, default: float) -> float:
    if value is None:
        return default
    if not _is_number(value):
        _refuse(where, f"{_shown(value)} is not a number")
    return float(cast("float", value))


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # True for no NaN, and for no whole number that no float holds.
    return abs(value) <= sys.float_info.max


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…")
    return (
        repr(value)
        if isinstance(value, bool | float)
        else f"a value of type {type(value).__name__}"
    )


def _refuse(where: str, why: str) -> NoReturn:
    is_short = len(where) <= _LONGEST_SHOWN and where.isprintable()
    shown = where if is_short else f"{where[:_LONGEST_SHOWN]!r}…"
    raise DatasetError(f"setting {shown} of dataset.toml is refused: {why}.")
