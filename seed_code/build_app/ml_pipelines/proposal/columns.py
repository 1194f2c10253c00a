"""What each column of a table seems to be, and why."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dataset import MINIMUM_OF_A_CLASS, MINIMUM_RECORDS, Column, Dataset, Kind
from fields import LARGEST_NUMBER, is_number
from metrics import BINARY, MULTICLASS, REGRESSION

from ml_pipelines.proposal.table_file import TableFile
from ml_pipelines.settings import SettingsError

MOST_CATEGORIES = 50
MOST_CLASSES = 100
MOST_NUMBERED_CLASSES = 10
_TWO = 2
_COUNTED_VALUES = 1000
_MISSING = frozenset({"na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "--", "missing"})
_POSITIVE = frozenset({"1", "1.0", "yes", "y", "true", "t", "positive", "pos"})
_COMMA = re.compile(r"[+-]?\d+(,\d+)?", re.ASCII)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ].*)?"
)
_IDENTIFIER = re.compile(r"(.*[_ -])?(id|uuid|guid|key|number|no|nr|index)|.*[a-z]I[dD]", re.ASCII)


@dataclass
class Survey:
    """What was seen of one column.

    Attributes:
        values: how often each value was seen; no more than 1,001 are counted.
        missing: values that stand for a missing one.
        points: whether all others are numbers with a decimal point.
        commas: whether all others are numbers with a decimal comma.
    """

    name: str
    count: int = 0
    empty: int = 0
    values: dict[str, int] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    points: bool = True
    commas: bool = True
    has_comma: bool = False
    has_point: bool = False
    whole: bool = True
    dates: bool = True
    lowest: float = math.inf
    highest: float = -math.inf

    def see(self, value: str) -> None:
        """Take a value into account."""
        self.count += 1
        if not value or value.casefold() in _MISSING:
            self.empty += 1
            if value:
                self.missing.add(value)
            return
        if len(self.values) <= _COUNTED_VALUES or value in self.values:
            self.values[value] = self.values.get(value, 0) + 1
        self.points = self.points and is_number(value)
        self.commas = self.commas and _COMMA.fullmatch(value) is not None
        self.has_comma = self.has_comma or "," in value
        self.has_point = self.has_point or "." in value
        self.dates = self.dates and _DATE.fullmatch(value) is not None
        self.whole = self.whole and value.lstrip("+-").isdecimal()
        if self.points or self.commas:
            number = float(value.replace(",", "."))
            self.lowest, self.highest = min(self.lowest, number), max(self.highest, number)

    @property
    def seen(self) -> int:
        """How many records have a value."""
        return self.count - self.empty

    @property
    def is_number(self) -> bool:
        """Whether all values are numbers."""
        return self.seen > 0 and (self.points or self.commas)

    @property
    def is_unique(self) -> bool:
        """Whether no value was seen twice, as far as values are counted."""
        return self.seen > 1 and max(self.values.values()) == 1


@dataclass(frozen=True)
class ProposedColumn:
    """A column of `dataset.toml`, and why it is proposed so."""

    column: Column
    why: str


def survey(table: TableFile) -> list[Survey]:
    """Look at every value of a file, once.

    Raises:
        SettingsError: it holds too few records; see also `TableFile.rows`.
    """
    surveys = [Survey(name) for name in table.names]
    for row in table.rows():
        for one, value in zip(surveys, row, strict=True):
            one.see(value)
    count = surveys[0].count
    if count < MINIMUM_RECORDS:
        raise SettingsError(
            f"{table.path.name} holds {count} records, at least {MINIMUM_RECORDS} are needed; "
            "supply more data."
        )
    return surveys


def propose_dataset(
    table: TableFile, surveys: Sequence[Survey], label: str, task: str | None
) -> tuple[Dataset, list[ProposedColumn], str]:
    """Propose a dataset and its task.

    Args:
        table: the file.
        surveys: what was seen of its columns.
        label: the column to predict.
        task: the task, if it was given; else it follows from the label.

    Returns:
        The dataset, its columns with reasons, and the task.

    Raises:
        SettingsError: there is no such column, or it cannot be predicted.
    """
    by_name = {one.name: one for one in surveys}
    if label not in by_name:
        raise SettingsError(
            f"{table.path.name} has no column {label!r}; it has {', '.join(map(repr, by_name))}. "
            "If its first row is no header, name the columns with --columns."
        )
    labelled = by_name[label]
    task = task or _task_of(labelled)
    proposed = [_label(one, task) if one is labelled else _feature(one) for one in surveys]
    used = [one for one in surveys if one is labelled or not _is_ignored(one)]
    numbers = [
        one for one in used if one.is_number and not (one is labelled and task != REGRESSION)
    ]
    _check_size(numbers)
    decimal = _decimal(numbers, table.form.delimiter)
    missing = {value for one in used for value in one.missing}
    form = replace(table.form, decimal=decimal, missing=tuple(sorted(missing)))
    return Dataset(tuple(one.column for one in proposed), label, form), proposed, task


def _task_of(label: Survey) -> str:
    distinct = len(label.values)
    is_numbered = label.is_number and not (label.whole and distinct <= MOST_NUMBERED_CLASSES)
    if is_numbered and distinct > _TWO:
        return REGRESSION
    return BINARY if distinct <= _TWO else MULTICLASS


def _label(label: Survey, task: str) -> ProposedColumn:
    if label.empty:
        tokens = ", ".join(map(repr, sorted(label.missing)))
        raise SettingsError(
            f"{label.empty} of {label.count} records have no value in the label {label.name!r}"
            f"{f' ({tokens} counts as none)' if tokens else ''}; remove them, since they teach "
            "nothing."
        )
    distinct = len(label.values)
    if distinct < _TWO:
        raise SettingsError(
            f"the label {label.name!r} is {next(iter(label.values))!r} in every record, which "
            "leaves nothing to predict; supply records of other values."
        )
    if task == REGRESSION:
        if not label.is_number:
            raise SettingsError(
                f"the label {label.name!r} is not a number in every record, which a regression "
                "needs; leave --task out."
            )
        why = f"label: {_counted(distinct)} different numbers"
        return ProposedColumn(Column(label.name), why)
    if distinct > MOST_CLASSES:
        raise SettingsError(
            f"the label {label.name!r} has {_counted(distinct)} different values, but at most "
            f"{MOST_CLASSES} classes can be told apart; group them."
        )
    if (task == BINARY) != (distinct == _TWO):
        raise SettingsError(
            f"the label {label.name!r} has {distinct} different values, which does not fit the "
            f"task {task}; leave --task out."
        )
    once = [value for value, count in label.values.items() if count < MINIMUM_OF_A_CLASS]
    if once:
        raise SettingsError(
            f"class {once[0]!r} of the label {label.name!r} has {label.values[once[0]]} records; "
            "at least 3 are needed, one for each part: supply more, or remove it."
        )
    classes = _ordered(label, task)
    shown = ", ".join(f"{value} ({label.values[value]})" for value in classes)
    why = f"label: {shown}" + (f"; {classes[1]} is the positive class" if task == BINARY else "")
    return ProposedColumn(Column(label.name, "category", tuple(classes)), why)


def _ordered(label: Survey, task: str) -> list[str]:
    """The classes: of two the positive one last, known by its name, or as the rarer one."""
    classes = sorted(label.values)
    if task == BINARY:
        named = [value for value in classes if value.casefold() in _POSITIVE]
        positive = named[0] if len(named) == 1 else min(classes, key=lambda v: label.values[v])
        classes.sort(key=lambda value: value == positive)
    return classes


def _feature(one: Survey) -> ProposedColumn:
    kind, why = _kind(one)
    if one.empty and kind in ("number", "category"):
        share = 100 * one.empty / one.count
        instead = "the median" if kind == "number" else "a category of its own"
        why += f"; {share:.1f} % are empty: {instead}"
    return ProposedColumn(Column(one.name, kind), why)


def _kind(one: Survey) -> tuple[Kind, str]:
    distinct = len(one.values)
    if not one.seen:
        return "text", "empty in every record"
    if distinct == 1:
        return "text", f"always {next(iter(one.values))!r}"
    if one.is_unique and one.whole and _IDENTIFIER.fullmatch(one.name.strip()):
        return "identifier", "a different whole number in every record, and called so"
    if one.dates:
        return "text", "dates, which no model here takes as they are"
    if one.is_number:
        limits = f"{one.lowest:g} to {one.highest:g}" if one.points else "with a decimal comma"
        return "number", limits
    if distinct <= MOST_CATEGORIES:
        return "category", f"{distinct} different values"
    if one.is_unique:
        return "identifier", "a different text in every record"
    return "text", f"{_counted(distinct)} different values; more than {MOST_CATEGORIES} no category"


def _is_ignored(one: Survey) -> bool:
    return _kind(one)[0] in ("text", "identifier")


def _check_size(numbers: Sequence[Survey]) -> None:
    for one in numbers:
        if max(-one.lowest, one.highest) > LARGEST_NUMBER:
            raise SettingsError(
                f"column {one.name!r} has a number beyond {LARGEST_NUMBER:.2g}, the largest that "
                "can be computed with; correct it."
            )


def _decimal(numbers: Sequence[Survey], delimiter: str) -> str:
    """The one decimal sign of all columns of numbers."""
    with_comma = next((one for one in numbers if one.has_comma), None)
    if with_comma is None:
        return "."
    value = next((repr(value) for value in with_comma.values if "," in value), "such numbers")
    with_point = next((one for one in numbers if one.has_point), None)
    if with_point is not None:
        raise SettingsError(
            f"column {with_comma.name!r} has numbers with a comma ({value}), column "
            f"{with_point.name!r} with a point; write all of a file in one way."
        )
    if delimiter == ",":
        raise SettingsError(
            f"column {with_comma.name!r} has numbers with a comma ({value}), which separates the "
            "columns, too; write numbers with a point and without separators of thousands."
        )
    return ","


def _counted(distinct: int) -> str:
    return f"more than {_COUNTED_VALUES}" if distinct > _COUNTED_VALUES else str(distinct)
