"""A file of data as people have it: how it is written is found out, and its rows are read."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from dataset import FileFormat

from ml_pipelines.settings import SettingsError

PARQUET = b"PAR1"
DELIMITERS = ",;\t|"
# Tried in this order; the last takes any bytes.
ENCODINGS = ("utf-8", "cp1252", "latin-1")
# UTF-32's mark begins as UTF-16's does, so it is looked for first.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "ZIP or Excel", b"\xd0\xcf\x11\xe0": "Excel"}
_LOOKED_AT_CHARACTERS = 2**18
_LOOKED_AT_ROWS = 200
_CHUNK_BYTES = 2**20
_NO_FIT = (False, 0)


@dataclass(frozen=True)
class TableFile:
    """A file of delimited text.

    Attributes:
        names: of its columns, in its order.
        form: how it is written; the decimal sign and what is missing are not known yet.
    """

    path: Path
    names: tuple[str, ...]
    form: FileFormat

    @classmethod
    def open(cls, path: Path, names: Sequence[str] = ()) -> TableFile:
        """Find out how a file is written.

        Args:
            path: the file.
            names: of its columns, if it has no header row.

        Raises:
            SettingsError: it is missing, packed, binary, empty or no table.
        """
        encoding = _find_encoding(path)
        rows = _first_rows(path, encoding)
        delimiter = _find_delimiter(path, rows)
        form = FileFormat(header=not names, delimiter=delimiter, encoding=encoding)
        first = next(csv.reader(rows, delimiter=delimiter, skipinitialspace=True))
        found = tuple(names) or tuple(name.strip() for name in first)
        _check_names(path, found, len(first))
        return cls(path, found, form)

    def rows(self) -> Iterator[list[str]]:
        """Read the records, not the header.

        Raises:
            SettingsError: a row has more or fewer values than there are columns.
        """
        with self.path.open(encoding=self.form.codec, newline="") as lines:
            reader = csv.reader(
                lines, delimiter=self.form.delimiter, skipinitialspace=True, strict=True
            )
            try:
                yield from self._checked(reader)
            except csv.Error as error:
                raise SettingsError(
                    f"{self.path.name}, row {reader.line_num} is not CSV ({error}); "
                    "write quotes as RFC 4180 says."
                ) from error
            except UnicodeDecodeError as error:
                raise SettingsError(
                    f"{self.path.name}, row {reader.line_num + 1} is not text in "
                    f"{self.form.encoding}; save the file as CSV in UTF-8."
                ) from error

    def digest(self) -> str:
        """SHA-256 of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _checked(self, reader: Any) -> Iterator[list[str]]:
        is_header = self.form.header
        for row in reader:
            if not row:
                continue
            if len(row) != len(self.names):
                raise SettingsError(
                    f"{self.path.name}, row {reader.line_num}: {len(row)} values for "
                    f"{len(self.names)} columns; correct the row."
                )
            if not is_header:
                yield [field.strip() for field in row]
            is_header = False


def convert_parquet(path: Path) -> Path:
    """Write a Parquet file as CSV beside it, and return that.

    Raises:
        SettingsError: it cannot be read, or a CSV file of that name is there.
    """
    import pyarrow
    import pyarrow.parquet

    target = path.with_suffix(".csv")
    try:
        with pyarrow.parquet.ParquetFile(path) as file, target.open("xb") as output:
            _write_csv(file, output)
    except FileExistsError as error:
        raise SettingsError(f"{target} exists already; remove it, or name it as the file.") from (
            error
        )
    except (pyarrow.ArrowException, OSError) as error:
        said = " ".join(str(error).split())
        raise SettingsError(f"{path} cannot be read as Parquet: {said}.") from error
    return target


def _write_csv(file: Any, output: BinaryIO) -> None:
    """Write the rows of a Parquet file; what CSV cannot hold leaves no file.

    Raises:
        SettingsError: a column is of a type that CSV cannot hold.
    """
    import pyarrow
    import pyarrow.csv

    try:
        with pyarrow.csv.CSVWriter(output, file.schema_arrow) as writer:
            for batch in file.iter_batches():
                writer.write_batch(batch)
    except (pyarrow.ArrowException, OSError) as error:
        Path(output.name).unlink()
        said = " ".join(str(error).split())
        raise SettingsError(f"a Parquet file cannot be written as CSV: {said}.") from error


def is_parquet(path: Path) -> bool:
    """Whether a file is one of Parquet's.

    Raises:
        SettingsError: it cannot be read.
    """
    return _beginning(path) == PARQUET


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}); give the path of a CSV or Parquet file."
        ) from error


def _find_encoding(path: Path) -> str:
    beginning = _beginning(path)
    for mark, kind in _PACKED.items():
        if beginning.startswith(mark):
            raise SettingsError(f"{path} is a file of {kind}; unpack it, or save it as CSV.")
    for mark, encoding in _MARKS.items():
        if beginning.startswith(mark):
            return encoding
    return next(encoding for encoding in ENCODINGS if _decodes(path, encoding))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                if b"\x00" in chunk:
                    raise SettingsError(f"{path} holds zero bytes and is no text; save it as CSV.")
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _first_rows(path: Path, encoding: str) -> list[str]:
    try:
        with path.open(encoding=FileFormat(encoding=encoding).codec, newline="") as file:
            text = file.read(_LOOKED_AT_CHARACTERS)
            is_whole = not file.read(1)
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} is not text in {encoding}; save it as CSV in UTF-8."
        ) from error
    if not text.strip():
        raise SettingsError(f"{path} is empty; supply at least one record.")
    lines = list(io.StringIO(text, newline=""))
    kept = [line for line in (lines if is_whole else lines[:-1]) if line.strip()]
    if not kept:
        raise SettingsError(
            f"the first row of {path} has more than {_LOOKED_AT_CHARACTERS} characters; supply one "
            "record a row."
        )
    return kept[:_LOOKED_AT_ROWS]


def _find_delimiter(path: Path, lines: list[str]) -> str:
    fits = {sign: _fit(lines, sign) for sign in DELIMITERS}
    best = max(fits, key=lambda sign: fits[sign])
    if fits[best] == _NO_FIT:
        raise SettingsError(
            f"the first rows of {path.name} have no two columns by a comma, semicolon, tab or bar, "
            "or not the same number of them; supply one table with one header row."
        )
    return best


def _fit(lines: list[str], delimiter: str) -> tuple[bool, int]:
    """Whether all rows have equally many columns by a delimiter, and how many most have."""
    widths: Counter[int] = Counter()
    try:
        for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True):
            widths[len(row)] += 1
    except csv.Error:
        pass  # A quoted field may go on behind what was looked at; `rows` refuses what is none.
    widths.pop(0, None)
    if not widths:
        return _NO_FIT
    (width, count), *others = widths.most_common()
    is_table = width > 1 and 2 * count > widths.total()
    return (not others, width) if is_table else _NO_FIT


def _check_names(path: Path, names: tuple[str, ...], width: int) -> None:
    if len(names) != width:
        raise SettingsError(
            f"--columns names {len(names)} columns, but {path.name} has {width}; name each."
        )
    for position, name in enumerate(names, 1):
        if not name:
            raise SettingsError(f"column {position} of {path.name} has no name; name it.")
        if names.index(name) != position - 1:
            raise SettingsError(
                f"two columns of {path.name} are called {name!r}; rename one, or name the columns "
                "with --columns if its first row is no header."
            )
