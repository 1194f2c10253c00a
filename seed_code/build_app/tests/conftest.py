"""A small embedded sample: synthetic records in the shape of the data set, always the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

SAMPLE_SIZE = 600


def sample_records(count: int = SAMPLE_SIZE) -> list[str]:
    """Records whose rings follow from their size, with noise."""
    source = random.Random(11)
    records = []
    for _ in range(count):
        rings = source.randint(3, 18)
        length = 0.15 + 0.03 * rings + source.uniform(-0.03, 0.03)
        weight = 4.5 * length**3
        sizes = [length, 0.8 * length, 0.27 * length, weight, 0.43 * weight, 0.2 * weight]
        sex = source.choice("FIM")
        shell = 0.02 * rings + source.uniform(0, 0.02)
        records.append(
            ",".join([sex, *(f"{size:.4f}" for size in sizes), f"{shell:.4f}", str(rings)])
        )
    return records


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A folder with the sample as one CSV file."""
    folder = tmp_path / "input"
    folder.mkdir()
    (folder / "sample.csv").write_text("\n".join(sample_records()) + "\n", encoding="utf-8")
    return folder
