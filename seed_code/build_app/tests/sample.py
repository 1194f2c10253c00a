"""A small embedded sample: synthetic records of the columns of dataset.toml, always the same."""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Sequence

from dataset import Column, Dataset
from ml_pipelines.settings import ROOT, read_dataset

DATASET = read_dataset()
# Records of your own, if you commit some: training is tried on them instead of the embedded sample.
COMMITTED_SAMPLE = ROOT / "data" / "sample.csv"
SAMPLE_SIZE = max(600, 30 * len(DATASET.classes))
WORDS = ("ash", "birch, white", 'the "cedar"')


def sample_rows(count: int = SAMPLE_SIZE, dataset: Dataset = DATASET) -> list[list[str]]:
    """Records that grow with one hidden size: the label exactly, all else with noise.

    A label that is a number lies between 0 and 1, or between the limits of its column.
    """
    source = random.Random(11)
    sizes = [source.random() for _ in range(count)]
    return [
        [
            _field(column, size if column.name == dataset.label else _noisy(size, source), number)
            for column in dataset.columns
        ]
        for number, size in enumerate(sizes)
    ]


def sample_file(rows: Sequence[Sequence[str]], dataset: Dataset = DATASET) -> bytes:
    """Records written as dataset.toml says that the files of the data are."""
    form = dataset.file
    text = io.StringIO()
    writer = csv.writer(text, delimiter=form.delimiter)
    if form.header:
        writer.writerow(column.name for column in dataset.columns)
    for row in rows:
        writer.writerow(
            field.replace(".", form.decimal) if column.type == "number" else field
            for field, column in zip(row, dataset.columns, strict=True)
        )
    return text.getvalue().encode(form.encoding)


def _noisy(size: float, source: random.Random) -> float:
    return min(max(size + source.uniform(-0.1, 0.1), 0), 1)


def _field(column: Column, size: float, number: int) -> str:
    if column.type == "identifier":
        return f"id-{number}"
    if column.type == "number":
        return _number(column, size)
    values = column.values or WORDS
    return values[min(int(size * len(values)), len(values) - 1)]


def _number(column: Column, size: float) -> str:
    low = column.minimum if math.isfinite(column.minimum) else min(0.0, column.maximum - 1)
    high = column.maximum if math.isfinite(column.maximum) else max(1.0, low + 1)
    return f"{low + size * (high - low):.4f}"
