"""Which records train, validate and test a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from dataset import MINIMUM_OF_A_CLASS, MINIMUM_RECORDS
from fields import RecordError, shown
from numpy.typing import NDArray

Positions: TypeAlias = NDArray[np.int64]
TRAIN_SHARE = 0.70
VALIDATION_SHARE = 0.15


@dataclass(frozen=True)
class Split:
    """Positions of the records of each part."""

    train: Positions
    validation: Positions
    test: Positions


def split(count: int, *, seed: int) -> Split:
    """Divide `count` records 70/15/15.

    Raises:
        RecordError: under 20 records; supply more data.
    """
    _require(count)
    order = np.random.default_rng(seed).permutation(count)
    return Split(*_cut(order, round(count * TRAIN_SHARE), round(count * VALIDATION_SHARE)))


def split_by_class(
    labels: NDArray[np.floating[Any]], classes: Sequence[str], *, seed: int
) -> Split:
    """Divide records 70/15/15 within each class, so that each part has all of them.

    Args:
        labels: the position of each record's class.
        classes: their names.
        seed: which split.

    Raises:
        RecordError: under 20 records, or under 3 of a class; supply more data.
    """
    _require(len(labels))
    source = np.random.default_rng(seed)
    parts: list[list[Positions]] = [[], [], []]
    for position, name in enumerate(classes):
        members = source.permutation(np.flatnonzero(labels == position))
        count = len(members)
        if count < MINIMUM_OF_A_CLASS:
            raise RecordError(
                f"the data has {count} records of class {shown(name)}, at least "
                f"{MINIMUM_OF_A_CLASS} are needed; supply more, or take the class out of "
                "dataset.toml and the data."
            )
        validation = max(1, round(count * VALIDATION_SHARE))
        test = max(1, count - validation - round(count * TRAIN_SHARE))
        cuts = _cut(members, count - validation - test, validation)
        for part, cut in zip(parts, cuts, strict=True):
            part.append(cut)
    return Split(*(source.permutation(np.concatenate(part)) for part in parts))


def _cut(order: Positions, train: int, validation: int) -> tuple[Positions, Positions, Positions]:
    return order[:train], order[train : train + validation], order[train + validation :]


def _require(count: int) -> None:
    if count < MINIMUM_RECORDS:
        raise RecordError(
            f"the data has {count} records, at least {MINIMUM_RECORDS} are needed; "
            "supply more data."
        )
