"""The files of the data: which of the fetched ones are read, their records and their digest."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from dataset import Column, Dataset
from fields import RecordError, Vocabulary
from model_input import Numbers
from records import iterate_records

# What Spark, Hadoop and file managers leave beside the data.
MARKER_PREFIXES = ("_", ".")
MARKER_SUFFIX = ".crc"
_CHUNK_BYTES = 2**20


@dataclass(frozen=True)
class Table:
    """The numbers of records.

    Attributes:
        labels: n numbers, or positions of classes.
        features: n x used features.
        columns: the used features.
    """

    labels: Numbers
    features: Numbers
    columns: tuple[Column, ...]


def data_files(folder: Path, url: str) -> list[Path]:
    """Choose what is read of the input folder, in the order of the names.

    SageMaker fetches every object whose key begins with the address: `a.csv.bak` with `a.csv`, and
    `data-old/` with `data`. So an address names one file, or ends with a slash and names a folder;
    of a folder, hidden files, marker files, checksums and empty files are left out.

    Raises:
        RecordError: there is no such file, or no data file in the folder.
    """
    name = url.rpartition("/")[2]
    if name:
        if not (folder / name).is_file():
            raise RecordError(
                f"{url} names no file; name one, or end the address of a folder with '/'."
            )
        return [folder / name]
    files = sorted(path for path in folder.rglob("*") if _is_data(path, path.relative_to(folder)))
    if not files:
        raise RecordError(f"no data file in {url}; check the pipeline parameter InputDataUrl.")
    return files


def read_table(files: Sequence[Path], dataset: Dataset, vocabulary: Vocabulary) -> Table:
    """Read the numbers of all records, which are all that is kept of them.

    Raises:
        RecordError: a file is no such text as `dataset.toml` says, or holds a refused record.
    """
    used = [column for column in dataset.columns if column.is_used]
    label = used.index(dataset.label_column)
    labels, features = array("d"), array("d")
    for _, values in iterate_files(files, dataset, vocabulary):
        labels.append(values.pop(label))
        features.extend(values)
    columns = tuple(used[:label] + used[label + 1 :])
    table = np.frombuffer(features).reshape(-1, len(columns))
    return Table(np.frombuffer(labels), table, columns)


def iterate_files(
    files: Sequence[Path], dataset: Dataset, vocabulary: Vocabulary
) -> Iterator[tuple[list[str], list[float]]]:
    """Read the records of files one by one; see `iterate_records`.

    Raises:
        RecordError: see `read_table`; or a file holds no record.
    """
    form = dataset.file
    for path in files:
        is_empty = True
        with path.open(encoding=form.codec, newline="") as lines:
            for record in iterate_records(lines, dataset.columns, form, path.name, vocabulary):
                is_empty = False
                yield record
        if is_empty:
            raise RecordError(f"{path.name} is empty; supply at least one record.")


def data_digest(files: Sequence[Path]) -> str:
    """Return the SHA-256 of the data: its files one after the other.

    One file has the digest that `sha256sum` prints. Between two files comes a line feed if the
    first one lacks it: records that meet at the seam stay two, so the digest names the records.
    """
    digest = hashlib.sha256()
    seam = b""
    for path in files:
        digest.update(seam)
        last = b""
        with path.open("rb") as content:
            while chunk := content.read(_CHUNK_BYTES):
                digest.update(chunk)
                last = chunk
        seam = b"" if last.endswith(b"\n") else b"\n"
    return digest.hexdigest()


def _is_data(path: Path, relative: Path) -> bool:
    return (
        path.is_file()
        and not any(part.startswith(MARKER_PREFIXES) for part in relative.parts)
        and path.suffix != MARKER_SUFFIX
        and path.stat().st_size > 0
    )
