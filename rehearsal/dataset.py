"""The data file that the rehearsal puts where AWS keeps its public copy."""

import csv
from itertools import count
from pathlib import Path

from rehearsal.errors import DatasetError

COLUMNS = (
    "sex",
    "length",
    "diameter",
    "height",
    "whole_weight",
    "shucked_weight",
    "viscera_weight",
    "shell_weight",
    "rings",
)
"""The columns of the UCI abalone set, in order; the file has no header row."""


def read_dataset(path: Path) -> bytes:
    """Read a data file after checking that every record can be trained on.

    Raises:
        DatasetError: names the row and column; the file is not changed.
    """
    try:
        content = path.read_bytes()
        rows = list(csv.reader(content.decode("utf-8").splitlines()))
    except OSError as error:
        raise DatasetError(
            f"The data file {path} cannot be read ({error.strerror}); give the path of a CSV file."
        ) from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"The data file {path} is not UTF-8 text; save it as CSV.") from error
    if not rows:
        raise DatasetError(f"The data file {path} is empty; it needs one record per line.")
    for number, row in zip(count(1), rows, strict=False):
        _check_row(path, number, row)
    return content


def _check_row(path: Path, number: int, row: list[str]) -> None:
    if number == 1 and [cell.strip().lower() for cell in row[:2]] == list(COLUMNS[:2]):
        raise DatasetError(f"The data file {path} begins with a header row; remove row 1.")
    if len(row) != len(COLUMNS):
        missing = ", ".join(COLUMNS[len(row) :]) or "nothing"
        raise DatasetError(
            f"Row {number} of {path} has {len(row)} columns instead of {len(COLUMNS)} "
            f"(missing: {missing}); expected {','.join(COLUMNS)}."
        )
    for name, cell in zip(COLUMNS[1:], row[1:], strict=True):
        try:
            float(cell)
        except ValueError:
            raise DatasetError(
                f"Row {number} of {path} has {cell!r} in column {name}, which is not a number; "
                "correct it."
            ) from None
