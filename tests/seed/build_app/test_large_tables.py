"""Preprocessing has at most six times a file's size in memory, and what Python needs itself."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import IMAGES, SEED, customer_environment

MOST_TIMES = 6
FEW, SHARE, MANY = 100, 100_000, 1_000_000
# What stands first is the label; the rest holds categories and a text that no model sees.
SALES = """label = "sold"
[columns]
sold = { type = "category", values = ["no", "yes"] }
town = { type = "category" }
note = { type = "text" }
price = { type = "number" }
area = { type = "number", empty = "mean" }
key = { type = "identifier" }
"""


def abalone(source: random.Random, _: int) -> str:
    numbers = ",".join(f"{source.random():.4g}" for _ in range(7))
    return f"{source.choice('FIM')},{numbers},{source.randint(1, 29)}\n"


def sale(source: random.Random, number: int) -> str:
    town = f'"town {source.randint(1, 200)}, north"'
    values = f"{source.random():.4g},{source.choice(['', '12.5'])},{number}"
    return f"{source.choice(['no', 'yes'])},{town},said {source.random()} times,{values}\n"


TABLES: dict[str, tuple[Callable[[random.Random, int], str], str]] = {
    "abalone": (abalone, (SEED / "dataset.toml").read_text(encoding="utf-8")),
    "label first, categories, ignored text": (sale, SALES),
}


def measure(folder: Path, table: str, count: int) -> tuple[int, int]:
    """Preprocess so many records; return the bytes of the file and of the memory."""
    record, dataset = TABLES[table]
    folder.mkdir()
    file, settings = folder / "data.csv", folder / "dataset.toml"
    source = random.Random(count)
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(record(source, number) for number in range(count))
    settings.write_text(dataset, encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, str(Path(__file__).with_name("memory_worker.py"))),
            *(str(IMAGES / "xgboost/bin/python"), str(SEED / "source_scripts/preprocess.py")),
            *("--input-dir", str(folder), "--input-url", "s3://bucket/data.csv"),
            *("--dataset-file", str(settings)),
            *("--train-dir", str(folder / "train"), "--validation-dir", str(folder / "validation")),
            *("--test-dir", str(folder / "test"), "--statistics-dir", str(folder / "statistics")),
        ],
        env=customer_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return file.stat().st_size, int(done.stdout)


@pytest.mark.parametrize("table", TABLES)
def test_each_further_record_has_its_multiple_in_memory(table: str, tmp_path: Path) -> None:
    few, least = measure(tmp_path / "few", table, FEW)
    many, most = measure(tmp_path / "many", table, SHARE)
    assert most - least <= MOST_TIMES * (many - few)


@pytest.mark.proof("scenarios")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("table", TABLES)
def test_a_million_records_have_their_multiple_in_memory(table: str, tmp_path: Path) -> None:
    size, memory = measure(tmp_path / "many", table, MANY)
    assert memory <= MOST_TIMES * size
