"""The split and what is written of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import preprocess
import pytest


def run(input_folder: Path, output: Path, seed: int = 0) -> int:
    folders = ("train", "validation", "test", "statistics")
    options = [part for name in folders for part in (f"--{name}-dir", str(output / name))]
    return preprocess.main(["--input-dir", str(input_folder), *options, "--seed", str(seed)])


def test_records_are_divided_70_15_15_without_overlap() -> None:
    parts = preprocess.split(1000, seed=3)
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
    assert table.shape == (420, 1 + 7 + 3)
    assert set(table[:, 0]) <= set(range(3, 19))


def test_test_records_stay_raw_and_lose_their_label(data_folder: Path, tmp_path: Path) -> None:
    assert run(data_folder, tmp_path) == 0
    records = (tmp_path / "test/records.csv").read_text().splitlines()
    labels = (tmp_path / "test/labels.csv").read_text().splitlines()
    given = set((data_folder / "sample.csv").read_text().splitlines())
    assert len(records) == len(labels) == 90
    joined = {f"{record},{label}" for record, label in zip(records, labels, strict=True)}
    assert joined <= given


def test_statistics_know_the_training_split_only(data_folder: Path, tmp_path: Path) -> None:
    assert run(data_folder, tmp_path) == 0
    statistics = json.loads((tmp_path / "statistics/statistics.json").read_text())
    table = np.loadtxt(tmp_path / "train/train.csv", delimiter=",")
    # Standardised with its own mean and deviation, the training split has mean 0 and deviation 1.
    np.testing.assert_allclose(table[:, 1:8].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(table[:, 1:8].std(axis=0), 1, atol=1e-6)
    assert len(statistics["means"]) == 7


def data_digest(folder: Path, **files: str) -> str:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return preprocess.data_digest(folder)


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
    ("text", "expected"),
    [
        ("", "data.csv is empty"),
        ("M,1,1,1,1,1,1,1,9\n" * 19, "the data has 19 records, at least 20 are needed"),
        ("M,1,1,1,1,1,1,1,9\n" * 30 + "M,1,one,1,1,1,1,1,9\n", "row 31, column 'diameter'"),
    ],
)
def test_refused_data_ends_in_one_sentence_and_leaves_nothing(
    text: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "input"
    folder.mkdir()
    (folder / "data.csv").write_text(text)
    assert run(folder, tmp_path / "output") == 1
    sentence = capsys.readouterr().err
    assert expected in sentence
    assert sentence.count("\n") == 1
    assert not (tmp_path / "output").exists()


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "input").mkdir()
    assert run(tmp_path / "input", tmp_path / "output") == 1
    assert "no data file" in capsys.readouterr().err
