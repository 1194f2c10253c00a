"""First stage: raw records in; training, validation and test splits and the statistics out.

1. read every file of the input folder and refuse what is not a record;
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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from records import (
    COLUMNS,
    LABEL_POSITION,
    Numbers,
    RecordError,
    Records,
    Statistics,
    fit_statistics,
    read_records,
    to_model_input,
)

MINIMUM_RECORDS = 20
TRAIN_SHARE = 0.70
VALIDATION_SHARE = 0.15


@dataclass(frozen=True)
class Split:
    """Positions of the records of each part."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def read_folder(folder: Path) -> Records:
    """Read all files of a folder, in the order of their names.

    Raises:
        RecordError: no file, or a file that is not UTF-8 text or holds a refused record.
    """
    parts = []
    for path in _data_files(folder):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise RecordError(f"{path.name} is not UTF-8 text; supply a CSV file.") from error
        parts.append(read_records(text, COLUMNS, source=path.name))
    rows = [row for part in parts for row in part.rows]
    return Records(rows, np.vstack([part.numbers for part in parts]))


def data_digest(folder: Path) -> str:
    """Return the SHA-256 of the data: its files one after the other, in the order of their names.

    One file has the digest that `sha256sum` prints. Between two files comes a line feed if the
    first one lacks it: records that meet at the seam stay two, so the digest names the records.
    """
    digest = hashlib.sha256()
    seam = b""
    for path in _data_files(folder):
        content = path.read_bytes()
        digest.update(seam + content)
        seam = b"" if not content or content.endswith(b"\n") else b"\n"
    return digest.hexdigest()


def _data_files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise RecordError(f"no data file in {folder}; check the pipeline parameter InputDataUrl.")
    return files


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
    lines = "".join(",".join(record) + "\n" for record in records)
    (folder / "records.csv").write_text(lines, encoding="utf-8")
    labels = "".join(row[LABEL_POSITION] + "\n" for row in rows)
    (folder / "labels.csv").write_text(labels, encoding="utf-8")


def preprocess(arguments: argparse.Namespace) -> str:
    """Run the five stages; return one line that says what was made."""
    records = read_folder(arguments.input_dir)
    parts = split(len(records.rows), seed=arguments.seed)
    training = records.numbers[parts.train]
    statistics = fit_statistics(np.delete(training, LABEL_POSITION, axis=1))
    write_labelled(arguments.train_dir / "train.csv", training, statistics)
    write_labelled(
        arguments.validation_dir / "validation.csv", records.numbers[parts.validation], statistics
    )
    write_test(arguments.test_dir, [records.rows[position] for position in parts.test])
    provenance = {"data_sha256": data_digest(arguments.input_dir)}
    _write_json(arguments.statistics_dir / "statistics.json", statistics.to_dict())
    _write_json(arguments.statistics_dir / "provenance.json", provenance)
    return (
        f"{len(records.rows)} records: {len(parts.train)} to train, "
        f"{len(parts.validation)} to validate, {len(parts.test)} to test."
    )


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--input-dir", type=Path, required=True, help="folder of CSV files")
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
