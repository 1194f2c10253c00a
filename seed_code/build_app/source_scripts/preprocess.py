"""First stage: records in; training, validation and test splits and the statistics out.

1. read the file that the data's address names, or every data file of the folder, and refuse what
   is not a record;
2. shuffle and divide 70/15/15, classes each for itself;
3. fit the statistics on the training split only;
4. write train and validation as training reads them (label first, no header), and test as raw
   records with their labels apart, because that is what the endpoint will be sent;
5. write beside the statistics which data this was: `provenance.json` with its SHA-256, `data.json`
   with the sizes of the parts and what is missing, and digests of the records that train and
   validate.

The data is read twice, and its numbers alone are kept: the raw test records are of the second time.
"""

from __future__ import annotations

import argparse
import json
import sys
from array import array
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from data_files import Table, data_digest, data_files, iterate_files, read_table
from dataset import Column, Dataset, DatasetError
from fields import RecordError, Vocabulary
from model_input import Numbers, Statistics, fit_statistics, renumber, to_model_input
from numpy.typing import NDArray
from overlap import DIGESTS, record_digest, write_digests
from records import write_records
from split import Positions, Split, split, split_by_class

_ROWS_AT_ONCE = 10_000


def write_labelled(path: Path, table: Table, rows: Positions, statistics: Statistics) -> None:
    """Write a channel of the training job: label first, then the model's input, no header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="ascii") as file:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            features = to_model_input(table.features[some], table.columns, statistics)
            np.savetxt(
                file, np.column_stack([table.labels[some], features]), delimiter=",", fmt="%.9g"
            )


def write_test(folder: Path, files: list[Path], dataset: Dataset, rows: Positions) -> array[int]:
    """Write raw records as a client sends them, and their labels, one a line.

    Returns:
        Digests of all other records.
    """
    label, wanted = dataset.label_position, set(rows.tolist())
    kept, others = {}, array("Q")
    for position, (row, _) in enumerate(iterate_files(files, dataset, Vocabulary())):
        features = row[:label] + row[label + 1 :]
        if position in wanted:
            kept[position] = (write_records([features]), write_records([[row[label]]]))
        else:
            others.append(record_digest(features, row[label]))
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in (("records.csv", 0), ("labels.csv", 1)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            file.writelines(kept[position][part] for position in rows.tolist())
    return others


def preprocess(arguments: argparse.Namespace) -> str:
    """Run the five stages; return one line that says what was made."""
    dataset = Dataset.parse(arguments.dataset_file.read_bytes())
    files = data_files(arguments.input_dir, arguments.input_url)
    vocabulary = Vocabulary(is_learning=True)
    table = read_table(files, dataset, vocabulary)
    parts = _divide(table.labels, dataset, arguments.seed)
    described = _describe(table, parts, vocabulary)
    statistics = fit_statistics(table.features, parts.train, table.columns, vocabulary)
    renumber(table.features, table.columns, vocabulary, statistics)
    write_labelled(arguments.train_dir / "train.csv", table, parts.train, statistics)
    write_labelled(arguments.validation_dir / "validation.csv", table, parts.validation, statistics)
    learnt_from = write_test(arguments.test_dir, files, dataset, parts.test)
    _write_json(arguments.statistics_dir / "statistics.json", statistics.to_dict())
    write_digests(arguments.statistics_dir / DIGESTS, learnt_from)
    provenance = {"data_sha256": data_digest(files)}
    _write_json(arguments.statistics_dir / "provenance.json", provenance)
    _write_json(arguments.statistics_dir / "data.json", described)
    return (
        f"{len(table.labels)} records: {len(parts.train)} to train, "
        f"{len(parts.validation)} to validate, {len(parts.test)} to test."
    )


def _divide(labels: Numbers, dataset: Dataset, seed: int) -> Split:
    if dataset.classes:
        return split_by_class(labels, dataset.classes, seed=seed)
    return split(len(labels), seed=seed)


def _describe(table: Table, parts: Split, vocabulary: Vocabulary) -> dict[str, object]:
    """Sizes of the parts, and the share of empty values of each column that has some."""
    shares = {
        column.name: float(np.mean(_is_empty(table.features[:, position], column, vocabulary)))
        for position, column in enumerate(table.columns)
    }
    return {
        "records": len(table.labels),
        "train": len(parts.train),
        "validation": len(parts.validation),
        "test": len(parts.test),
        "missing": {name: round(share, 6) for name, share in shares.items() if share},
    }


def _is_empty(values: Numbers, column: Column, vocabulary: Vocabulary) -> NDArray[np.bool_]:
    if column.type == "number":
        return np.isnan(values)
    empty = vocabulary.numbers.get(column.name, {}).get("")
    return values == empty if empty is not None else np.zeros(len(values), dtype=bool)


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--input-dir", type=Path, required=True, help="holds what was fetched")
    parser.add_argument(
        "--input-url", required=True, help="address of the data: a file, or a folder that ends in /"
    )
    parser.add_argument("--dataset-file", type=Path, required=True, help="dataset.toml")
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
    except (DatasetError, RecordError) as error:
        print(f"preprocess: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
