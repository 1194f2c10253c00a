"""A project with one function, and mutants and plays of it that need no pytest."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from mutation.coverage_map import CoverageMap
from mutation.mutant import Mutant
from mutation.outcomes import Outcome
from mutation.python_mutants import PythonMutant, collect_python

FILE = "functions/shop/price.py"
TEXT = '''\
"""Prices."""

LEAST = 5


def price(pieces: int, each: int = 3) -> int:
    """What all pieces cost together."""
    total = pieces * each
    if total < LEAST:
        return LEAST
    return total


def unseen() -> str:
    return "nobody calls this"


def basket(pieces: dict[str, int], known: dict[str, int]) -> int:
    together = 0
    for name, count in pieces.items():
        if name not in known:
            continue
        together += price(count, known.get(name, 0))
    return together + 1 if together > 100 else together - 2
'''
TEST = "tests/unit/functions/shop/test_price.py::test_price"


def make_project(folder: Path) -> Path:
    """Write it as a git checkout."""
    file = folder / FILE
    file.parent.mkdir(parents=True)
    file.write_text(TEXT, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def mutants_of(root: Path) -> list[PythonMutant]:
    """Every mutant of the project's function."""
    return list(collect_python(root, "functions"))


def covering_price() -> CoverageMap:
    """One test that enters the lines of `price`."""
    return CoverageMap({TEST: 0.5}, {FILE: {line: [0] for line in range(8, 12)}}, {FILE: []})


@dataclass
class FakePlayer:
    """Plays nothing: a test notices each mutant but those in `overlooked`."""

    overlooked: set[str] = field(default_factory=set)
    played: list[str] = field(default_factory=list)

    def play(self, mutant: Mutant | None, seconds: dict[str, float]) -> Outcome:
        """Tell what was asked for."""
        name = mutant.id if mutant else "nothing"
        self.played.append(name)
        noticed = mutant is not None and bool(seconds) and name not in self.overlooked
        return Outcome(name, next(iter(seconds)) if noticed else "", len(seconds), 0.1, 0.1)

    def stop(self) -> None:
        """Nothing is played for long."""
        self.played.append("stopped")
