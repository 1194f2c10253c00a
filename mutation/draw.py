"""Draws mutants by a seed, so that a change of some code changes few of those drawn elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from mutation.mutant import Mutant

SEED, COUNT = 17, 500


def draw(mutants: Iterable[Mutant], root: Path, *, seed: int, count: int) -> list[Mutant]:
    """The mutants with the smallest digests of seed and id, without those that change nothing.

    Args:
        mutants: all that there are; their order says nothing.
        root: of the tree that they were collected from.
        seed: another one draws others.
        count: how many at most.
    """
    drawn: list[Mutant] = []
    for mutant in sorted(mutants, key=lambda one: (_digest(seed, one.id), one.id)):
        if len(drawn) == count:
            break
        if mutant.differs(root):
            drawn.append(mutant)
    return drawn


def _digest(seed: int, id_: str) -> str:
    return hashlib.sha256(f"{seed} {id_}".encode()).hexdigest()
