"""A small embedded sample: synthetic records in the shape of `COLUMNS`, always the same."""

from __future__ import annotations

import random

from records import COLUMNS, LABEL, Column

SAMPLE_SIZE = 600


def sample_rows(count: int = SAMPLE_SIZE) -> list[list[str]]:
    """Records that grow with one hidden size: the label exactly, all else with noise.

    A label that is a number is 0 or 1, which objectives of regression and of classification take.
    """
    source = random.Random(11)
    sizes = [source.random() for _ in range(count)]
    return [[_field(column, size, source) for column in COLUMNS] for size in sizes]


def _field(column: Column, size: float, source: random.Random) -> str:
    shown = size if column.name == LABEL else size + source.uniform(-0.1, 0.1)
    if column.categories:
        last = len(column.categories) - 1
        return column.categories[min(max(round(shown * last), 0), last)]
    return str(round(size)) if column.name == LABEL else f"{shown:.4f}"
