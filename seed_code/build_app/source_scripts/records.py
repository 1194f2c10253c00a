"""Reads and writes records, and says what is wrong with one: the one reader of all scripts.

Which columns a record has stands in `dataset.toml`. Needs the standard library alone.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dataset import Column, FileFormat
from fields import Layout, RecordError, Vocabulary, is_number, shown


@dataclass(frozen=True)
class Records:
    """Records as they were written, and the numbers of their used columns, row by row."""

    rows: list[list[str]]
    numbers: array[float]


def read_records(
    content: str | bytes,
    columns: Sequence[Column],
    *,
    source: str,
    vocabulary: Vocabulary | None = None,
    missing: Collection[str] = (),
) -> Records:
    """Read comma-separated records (RFC 4180, UTF-8) without a header, as an endpoint is sent them.

    Args:
        content: the whole file or request body.
        columns: what every record must hold, in order.
        source: what the sentences call the text, such as a file name.
        vocabulary: of the columns whose values were learnt.
        missing: what counts as an empty value.

    Raises:
        RecordError: the text is no CSV in UTF-8, holds no record, starts with a header, or a
            record has a missing or surplus column or a value that its column cannot hold.
    """
    text = io.StringIO(_text(content, source), newline="")
    form = FileFormat(missing=tuple(missing))
    rows: list[list[str]] = []
    numbers = array("d")
    for fields, values in iterate_records(text, columns, form, source, vocabulary or Vocabulary()):
        rows.append(fields)
        numbers.extend(values)
    if not rows:
        raise RecordError(f"{source} is empty; supply at least one record.")
    return Records(rows, numbers)


def iterate_records(
    lines: Iterable[str],
    columns: Sequence[Column],
    form: FileFormat,
    source: str,
    vocabulary: Vocabulary,
) -> Iterator[tuple[list[str], list[float]]]:
    """Read records one by one; blank lines are skipped.

    Yields:
        The fields in the order of the columns and as an endpoint is sent them (a point in numbers,
        nothing for a missing value), and the numbers of the used columns: a missing number is NaN,
        a category the position of its value.

    Raises:
        RecordError: as `read_records` says.
    """
    reader = csv.reader(
        lines, strict=True, delimiter=form.delimiter, skipinitialspace=form.delimiter != " "
    )
    layout = Layout(columns, form, vocabulary)
    has_begun = False
    try:
        for row in reader:
            if not row:
                continue
            fields = [text.strip() for text in row]
            where = f"{source}, row {reader.line_num}"
            if form.header and not has_begun:
                layout.read_header(fields, where)
            else:
                try:
                    yield layout.read(fields, where)
                except RecordError:
                    if not has_begun:
                        _check_header(fields, columns, where)
                    raise
            has_begun = True
    except csv.Error as error:
        place = f"{source}, row {reader.line_num}"
        raise RecordError(
            f"{place} is not CSV ({error}); write quotes as RFC 4180 says."
        ) from error
    except UnicodeDecodeError as error:
        place = f"{source}, row {reader.line_num + 1}"
        raise RecordError(
            f"{place} is not text in {form.encoding}; name its encoding in dataset.toml."
        ) from error


def write_records(rows: Iterable[Sequence[str]]) -> str:
    """Write records so that `read_records` reads the same ones: each ends with CR and LF."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _text(content: str | bytes, source: str) -> str:
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordError(f"{source} is not UTF-8 text; supply CSV records.") from error


def _check_header(fields: Sequence[str], columns: Sequence[Column], where: str) -> None:
    """Tell a header from a faulty first record: it names a column, or holds words as numbers."""
    named = {column.name.casefold() for column in columns}
    given = fields[: len(columns)]
    # The row may be too short or too long here.
    pairs = zip(given, columns, strict=False)
    numeric = [text for text, column in pairs if column.type == "number"]
    words = len(numeric) > 1 and all(text and not is_number(text) for text in numeric)
    if words or any(text.casefold().replace(" ", "_") in named for text in given):
        raise RecordError(
            f"{where} is a header row (it starts with {shown(fields[0])}); remove it, or say "
            "header = true in dataset.toml if it is one of the data's files."
        )
