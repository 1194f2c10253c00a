"""The split and what is written of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import data_files
import numpy as np
import overlap
import preprocess
import pytest
import split
from dataset import Column
from fields import RecordError
from ml_pipelines.settings import DATASET_FILE
from records import read_records
from tests.sample import DATASET, SAMPLE_SIZE, WORDS, sample_file, sample_rows

FOLDER = "s3://bucket/folder/"
COLUMNS, FEATURES, LABEL_POSITION = DATASET.columns, DATASET.features, DATASET.label_position
NUMBERS = [column for column in FEATURES if column.type == "number"]
CATEGORIES = [column for column in FEATURES if column.type == "category"]


def run(input_folder: Path, output: Path, seed: int = 0, url: str = FOLDER) -> int:
    folders = ("train", "validation", "test", "statistics")
    options = [part for name in folders for part in (f"--{name}-dir", str(output / name))]
    options += ["--input-dir", str(input_folder), "--input-url", url]
    options += ["--dataset-file", str(DATASET_FILE)]
    return preprocess.main([*options, "--seed", str(seed)])


def is_share(count: int, share: float) -> bool:
    """Whether that many records are a share of the sample, each class being divided for itself."""
    return abs(count - share * SAMPLE_SIZE) <= 1 + len(DATASET.classes)


def rows_of(path: Path, columns: Sequence[Column] = COLUMNS) -> list[list[str]]:
    return read_records(path.read_bytes(), columns, source=path.name).rows


def test_records_are_divided_70_15_15_without_overlap() -> None:
    parts = split.split(1000, seed=3)
    assert [len(parts.train), len(parts.validation), len(parts.test)] == [700, 150, 150]
    assert sorted([*parts.train, *parts.validation, *parts.test]) == list(range(1000))


def test_the_seed_decides_the_split(data_folder: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        assert run(data_folder, tmp_path / name, seed) == 0
    first, second, other = (
        (tmp_path / name / "train/train.csv").read_bytes() for name in ("a", "b", "c")
    )
    assert first == second
    assert first != other


def test_training_files_are_label_first_without_header(data_folder: Path, tmp_path: Path) -> None:
    assert run(data_folder, tmp_path) == 0
    table = np.loadtxt(tmp_path / "train/train.csv", delimiter=",")
    flags = sum(len(column.values or WORDS) for column in CATEGORIES)
    assert table.shape[1] == 1 + len(NUMBERS) + flags
    assert is_share(len(table), 0.7)
    labels = {row[LABEL_POSITION] for row in sample_rows()}
    classes = DATASET.classes
    given = {float(classes.index(label)) if classes else float(label) for label in labels}
    assert set(table[:, 0]) <= given


def test_test_records_stay_raw_and_lose_their_label(data_folder: Path, tmp_path: Path) -> None:
    assert run(data_folder, tmp_path) == 0
    records = rows_of(tmp_path / "test/records.csv", FEATURES)
    labels = rows_of(tmp_path / "test/labels.csv", [COLUMNS[LABEL_POSITION]])
    assert len(records) == len(labels)
    assert is_share(len(records), 0.15)
    for record, (label,) in zip(records, labels, strict=True):
        record.insert(LABEL_POSITION, label)
    given = {tuple(row) for row in sample_rows()}
    assert {tuple(record) for record in records} <= given


def test_statistics_know_the_training_split_only(data_folder: Path, tmp_path: Path) -> None:
    assert run(data_folder, tmp_path) == 0
    statistics = json.loads((tmp_path / "statistics/statistics.json").read_text())
    table = np.loadtxt(tmp_path / "train/train.csv", delimiter=",")
    # Standardised with its own mean and deviation, the training split has mean 0 and deviation 1.
    numeric = table[:, 1 : 1 + len(NUMBERS)]
    np.testing.assert_allclose(numeric.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(numeric.std(axis=0), 1, atol=1e-6)
    assert len(statistics["means"]) == len(NUMBERS)


def data_digest(folder: Path, **files: str) -> str:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return data_files.data_digest(data_files.data_files(folder, FOLDER))


def test_the_data_s_digest_is_written_beside_the_statistics(
    data_folder: Path, tmp_path: Path
) -> None:
    assert run(data_folder, tmp_path) == 0
    written = json.loads((tmp_path / "statistics/provenance.json").read_text())
    content = (data_folder / "sample.csv").read_bytes()
    assert written == {"data_sha256": hashlib.sha256(content).hexdigest()}


def test_the_data_s_digest_is_that_of_its_files_in_the_order_of_their_names(
    tmp_path: Path,
) -> None:
    whole = hashlib.sha256(b"1,2\n3,4\n5,6\n").hexdigest()
    assert data_digest(tmp_path / "one", a="1,2\n3,4\n5,6\n") == whole
    assert data_digest(tmp_path / "three", c="5,6\n", a="1,2\n", b="3,4\n") == whole
    assert data_digest(tmp_path / "swapped", a="3,4\n", b="1,2\n", c="5,6\n") != whole


def test_records_that_meet_where_a_file_ends_are_not_taken_for_one(tmp_path: Path) -> None:
    apart = data_digest(tmp_path / "apart", a="1,2", b="3,4")
    assert apart == data_digest(tmp_path / "whole", a="1,2\n3,4")
    assert apart != data_digest(tmp_path / "joined", a="1,23,4")


@pytest.mark.parametrize(
    ("came", "named", "expected"),
    [
        # One file is named; beside it came whatever begins with its address.
        (["a.csv"], "a.csv", ["a.csv"]),
        (["a.csv", "a.csv.bak", "a.csv.d/part"], "a.csv", ["a.csv"]),
        (["a.csv", "a.csv_SUCCESS", "deep/a.csv"], "a.csv", ["a.csv"]),
        (["_SUCCESS", "_data"], "_data", ["_data"]),
        # A folder: everything in it that is data.
        (["b.csv", "a.csv", "deep/c"], "", ["a.csv", "b.csv", "deep/c"]),
        (["part-0", "_SUCCESS", ".part-0.crc", "part-0.crc"], "", ["part-0"]),
        (["part-0", "_temporary/0/part-1", ".hidden/part-2"], "", ["part-0"]),
        (["day=1/part-0", "day=1/_committed_7", ".DS_Store"], "", ["day=1/part-0"]),
        (["part-0", "empty"], "", ["part-0"]),
        # Neither.
        (["a.csv.bak"], "a.csv", "names no file"),
        (["a.csv", "folder-old/b.csv"], "folder", "names no file"),
        (["_SUCCESS", "empty"], "", "no data file in s3://bucket/folder/"),
        ([], "", "no data file in s3://bucket/folder/"),
    ],
)
def test_what_is_named_is_read_and_nothing_else(
    came: list[str], named: str, expected: list[str] | str, tmp_path: Path
) -> None:
    for name in came:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("" if name == "empty" else "1,2\n")
    if isinstance(expected, str):
        with pytest.raises(RecordError, match=expected):
            data_files.data_files(tmp_path, FOLDER + named)
    else:
        found = data_files.data_files(tmp_path, FOLDER + named)
        assert [path.relative_to(tmp_path).as_posix() for path in found] == expected


def test_digest_and_records_are_of_the_same_files(data_folder: Path, tmp_path: Path) -> None:
    content = (data_folder / "sample.csv").read_bytes()
    (data_folder / "sample.csv.bak").write_bytes(content)
    assert run(data_folder, tmp_path, url=f"{FOLDER}sample.csv") == 0
    written = json.loads((tmp_path / "statistics/provenance.json").read_text())
    assert written == {"data_sha256": hashlib.sha256(content).hexdigest()}
    assert is_share(len(np.loadtxt(tmp_path / "train/train.csv", delimiter=",")), 0.7)


def digests_of_test(folder: Path) -> set[int]:
    records = rows_of(folder / "test/records.csv", FEATURES)
    labels = rows_of(folder / "test/labels.csv", [DATASET.label_column])
    pairs = zip(records, labels, strict=True)
    return {overlap.record_digest(features, label) for features, (label,) in pairs}


def test_what_is_not_tested_is_written_down_as_digests(data_folder: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert [run(data_folder, first, 0), run(data_folder, second, 1)] == [0, 0]
    known = set(np.fromfile(first / "statistics" / overlap.DIGESTS, dtype="<u8").tolist())
    described = json.loads((first / "statistics/data.json").read_text())
    assert 0 < len(known) <= described["train"] + described["validation"]
    assert digests_of_test(second) <= known | digests_of_test(first)
    shared = overlap.overlap(first / "statistics" / overlap.DIGESTS, digests_of_test(second))
    assert shared is not None
    assert shared > 0


FEW = sample_file(sample_rows(19))
FAULTY = [["no such value"] * len(COLUMNS)]
MANY_AND_ONE = sample_file(sample_rows(30) + FAULTY)
REFUSING = [*NUMBERS, DATASET.label_column, *(column for column in FEATURES if column.values)]
REFUSED = next(column for column in COLUMNS if column in REFUSING)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (sample_file([]) or b"\n", "data.csv is empty"),
        (FEW, "the data has 19 records, at least 20 are needed"),
        (MANY_AND_ONE, f"column '{REFUSED.name}': 'no such value'"),
    ],
)
def test_refused_data_ends_in_one_sentence_and_leaves_nothing(
    content: bytes, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "input"
    folder.mkdir()
    (folder / "data.csv").write_bytes(content)
    assert run(folder, tmp_path / "output") == 1
    sentence = capsys.readouterr().err
    assert expected in sentence
    assert sentence.count("\n") == 1
    assert not (tmp_path / "output").exists()
