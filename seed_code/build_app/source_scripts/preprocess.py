"""First stage: raw records in; training, validation and test splits and the statistics out.

1. read the file that the data's address names, or every data file of the folder, and refuse what
   is not a record;
2. shuffle and divide 70/15/15;
3. fit the statistics on the training split only;
4. write train and validation as the XGBoost container reads them (label first, no header), and
   test as raw records with their labels apart, because that is what the endpoint will be sent;
5. write beside the statistics which data this was: `provenance.json` with its SHA-256.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from model_input import Numbers, Statistics, as_table, fit_statistics, to_model_input
from numpy.typing import NDArray
from records import COLUMNS, LABEL_POSITION, RecordError, read_records, write_records

MINIMUM_RECORDS = 20
TRAIN_SHARE = 0.70
VALIDATION_SHARE = 0.15
# What Spark, Hadoop and file managers leave beside the data.
MARKER_PREFIXES = ("_", ".")
MARKER_SUFFIX = ".crc"


@dataclass(frozen=True)
class Split:
    """Positions of the records of each part."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


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


def _is_data(path: Path, relative: Path) -> bool:
    return (
        path.is_file()
        and not any(part.startswith(MARKER_PREFIXES) for part in relative.parts)
        and path.suffix != MARKER_SUFFIX
        and path.stat().st_size > 0
    )


def read_files(files: Sequence[Path]) -> tuple[list[list[str]], Numbers]:
    """Read the records of files: as they are written, and as numbers (n x columns).

    Raises:
        RecordError: a file is not CSV or holds a refused record.
    """
    parts = [read_records(path.read_bytes(), COLUMNS, source=path.name) for path in files]
    rows = [row for part in parts for row in part.rows]
    return rows, np.vstack([as_table(part) for part in parts])


def data_digest(files: Sequence[Path]) -> str:
    """Return the SHA-256 of the data: its files one after the other.

    One file has the digest that `sha256sum` prints. Between two files comes a line feed if the
    first one lacks it: records that meet at the seam stay two, so the digest names the records.
    """
    digest = hashlib.sha256()
    seam = b""
    for path in files:
        content = path.read_bytes()
        digest.update(seam + content)
        seam = b"" if content.endswith(b"\n") else b"\n"
    return digest.hexdigest()


def split(count: int, *, seed: int) -> Split:
    """Divide `count` records 70/15/15.

    Raises:
        RecordError: under 20 records; supply more data.
    """
    if count < MINIMUM_RECORDS:
        raise RecordError(
            f"the data has {count} records, at least {MINIMUM_RECORDS} are needed; "
            "supply more data."
        )
    order = np.random.default_rng(seed).permutation(count)
    train_end = round(count * TRAIN_SHARE)
    validation_end = train_end + round(count * VALIDATION_SHARE)
    return Split(order[:train_end], order[train_end:validation_end], order[validation_end:])


def write_labelled(path: Path, numbers: Numbers, statistics: Statistics) -> None:
    """Write a channel of the training job: label first, then the model's input, no header."""
    features = to_model_input(np.delete(numbers, LABEL_POSITION, axis=1), statistics)
    table = np.column_stack([numbers[:, LABEL_POSITION], features])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, table, delimiter=",", fmt="%.9g")


def write_test(folder: Path, rows: list[list[str]]) -> None:
    """Write raw records as a client sends them, and their labels, one a line."""
    folder.mkdir(parents=True, exist_ok=True)
    records = [row[:LABEL_POSITION] + row[LABEL_POSITION + 1 :] for row in rows]
    labels = [[row[LABEL_POSITION]] for row in rows]
    for name, part in (("records.csv", records), ("labels.csv", labels)):
        (folder / name).write_bytes(write_records(part).encode())


def preprocess(arguments: argparse.Namespace) -> str:
    """Run the five stages; return one line that says what was made."""
    files = data_files(arguments.input_dir, arguments.input_url)
    rows, numbers = read_files(files)
    parts = split(len(rows), seed=arguments.seed)
    training = numbers[parts.train]
    statistics = fit_statistics(np.delete(training, LABEL_POSITION, axis=1))
    write_labelled(arguments.train_dir / "train.csv", training, statistics)
    write_labelled(
        arguments.validation_dir / "validation.csv", numbers[parts.validation], statistics
    )
    write_test(arguments.test_dir, [rows[position] for position in parts.test])
    _write_json(arguments.statistics_dir / "statistics.json", statistics.to_dict())
    provenance = {"data_sha256": data_digest(files)}
    _write_json(arguments.statistics_dir / "provenance.json", provenance)
    return (
        f"{len(rows)} records: {len(parts.train)} to train, "
        f"{len(parts.validation)} to validate, {len(parts.test)} to test."
    )


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--input-dir", type=Path, required=True, help="holds what was fetched")
    parser.add_argument(
        "--input-url", required=True, help="address of the data: a file, or a folder that ends in /"
    )
    parser.add_argument("--train-dir", type=Path, required=True)
    parser.add_argument("--validation-dir", type=Path, required=True)
    parser.add_argument("--test-dir", type=Path, required=True)
    parser.add_argument("--statistics-dir", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0, help="which 70/15/15 split (default 0)")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Preprocess; a refused record ends in one sentence and exit code 1."""
    try:
        print(preprocess(parse_arguments(argv)))
    except RecordError as error:
        print(f"preprocess: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
