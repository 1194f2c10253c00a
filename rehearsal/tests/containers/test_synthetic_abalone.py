"""The generator of synthetic records."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.conductor.synthetic_abalone import generate, main


def test_the_same_seed_gives_the_same_records() -> None:
    assert list(generate(50, seed=1)) == list(generate(50, seed=1))
    assert list(generate(50, seed=1)) != list(generate(50, seed=2))


def test_records_have_the_columns_and_ranges_of_the_uci_file() -> None:
    records = [line.split(",") for line in generate(3000, seed=5)]
    assert all(len(record) == 9 for record in records)
    assert {record[0] for record in records} == {"M", "F", "I"}
    assert all(float(field) > 0 for record in records for field in record[1:8])
    rings = [int(record[8]) for record in records]
    assert (min(rings) >= 1, max(rings) <= 29) == (True, True)
    assert 9 < sum(rings) / len(rings) < 11


def test_the_command_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rows", "3", "--output", str(tmp_path / "s.csv")]) == 0
    assert main(["--rows", "3"]) == 0
    assert (tmp_path / "s.csv").read_text() == capsys.readouterr().out
