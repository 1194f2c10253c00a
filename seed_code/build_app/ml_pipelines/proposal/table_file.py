"""A file of data as people have it: how it is written is found out, and its rows are read."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dataset import FileFormat

from ml_pipelines.settings import SettingsError

PARQUET = b"PAR1"
DELIMITERS = ",;\t|"
# Tried in this order; the last takes any bytes.
ENCODINGS = ("utf-8", "cp1252", "latin-1")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "ZIP or Excel", b"\xd0\xcf\x11\xe0": "Excel"}
_LOOKED_AT_CHARACTERS = 2**18
_LOOKED_AT_ROWS = 200
_CHUNK_BYTES = 2**20


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
        encoding = "utf-8-sig" if self.form.encoding == "utf-8" else self.form.encoding
        with self.path.open(encoding=encoding, newline="") as lines:
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

    def digest(self) -> str:
        """SHA-256 of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _checked(self, reader: Iterator[list[str]]) -> Iterator[list[str]]:
        is_header = self.form.header
        for number, row in enumerate((row for row in reader if row), 1):
            if is_header:
                is_header = False
                continue
            if len(row) != len(self.names):
                raise SettingsError(
                    f"{self.path.name}, record {number}: {len(row)} values for "
                    f"{len(self.names)} columns; correct the row."
                )
            yield [field.strip() for field in row]


def convert_parquet(path: Path) -> Path:
    """Write a Parquet file as CSV beside it, and return that.

    Raises:
        SettingsError: it cannot be read, or a CSV file of that name is there.
    """
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    target = path.with_suffix(".csv")
    try:
        file = pyarrow.parquet.ParquetFile(path)
        with (
            target.open("xb") as output,
            pyarrow.csv.CSVWriter(output, file.schema_arrow) as writer,
        ):
            for batch in file.iter_batches():
                writer.write_batch(batch)
    except FileExistsError as error:
        raise SettingsError(f"{target} exists already; remove it, or name it as the file.") from (
            error
        )
    except (pyarrow.ArrowException, OSError) as error:
        target.unlink(missing_ok=True)
        said = " ".join(str(error).split())
        raise SettingsError(f"{path} cannot be written as CSV: {said}.") from error
    return target


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
            raise SettingsError(f"{path} is a {kind} file; unpack it, or save it as CSV.")
    if beginning.startswith(_UTF_16):
        return "utf-16"
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
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        text = file.read(_LOOKED_AT_CHARACTERS)
        is_whole = not file.read(1)
    lines = text.splitlines(keepends=True)
    kept = [line for line in (lines if is_whole else lines[:-1]) if line.strip()]
    if not kept:
        raise SettingsError(f"{path} is empty; supply at least one record.")
    return kept[:_LOOKED_AT_ROWS]


def _find_delimiter(path: Path, lines: list[str]) -> str:
    widths = {sign: _width(lines, sign) for sign in DELIMITERS}
    best = max(widths, key=lambda sign: widths[sign])
    if widths[best] <= 1:
        raise SettingsError(
            f"the first rows of {path.name} have no two columns by a comma, semicolon, tab or bar, "
            "or not the same number of them; supply one table with one header row."
        )
    return best


def _width(lines: list[str], delimiter: str) -> int:
    """How many columns all rows have by a delimiter; 0 if they differ."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error:
        # A quoted field may go on behind what was looked at.
        rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))[:-1]
    widths = {len(row) for row in rows if row}
    return widths.pop() if len(widths) == 1 else 0


def _check_names(path: Path, names: tuple[str, ...], width: int) -> None:
    if len(names) != width:
        raise SettingsError(
            f"--columns names {len(names)} columns, but {path.name} has {width}; name each."
        )
    for position, name in enumerate(names, 1):
        if not name:
            raise SettingsError(f"column {position} of {path.name} has no name; name it.")
        if names.index(name) != position - 1:
            raise SettingsError(f"two columns of {path.name} are called {name!r}; rename one.")
