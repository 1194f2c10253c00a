"""What the plays of mutants showed, kept at once so that an interrupted run goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from mutation.tree import Digests, digest_of


@dataclass(frozen=True)
class Outcome:
    """What happened to one mutant.

    Attributes:
        noticed_by: the test that failed; its time limit, or that of all; empty if all passed.
        tests: how many tests can notice it; none if no test enters its line.
        seconds: by the clock on the wall.
        cpu_seconds: by the processors' clocks.
    """

    mutant: str
    noticed_by: str
    tests: int
    seconds: float
    cpu_seconds: float

    @property
    def is_killed(self) -> bool:
        """Whether a test noticed it."""
        return bool(self.noticed_by)


class OutcomeFile:
    """Outcomes by line, with the digests of the files that they hold for."""

    def __init__(self, root: Path, file: Path, digests: Digests) -> None:
        self._root, self._file, self._digests = root, file, digests

    def read(self) -> dict[str, Outcome]:
        """Those that hold for the files as they are, by mutant."""
        if not self._file.exists():
            return {}
        lines = [json.loads(line) for line in self._file.read_text(encoding="utf-8").splitlines()]
        return {
            line["outcome"]["mutant"]: Outcome(**line["outcome"])
            for line in lines
            if self._holds(line)
        }

    def _holds(self, line: Mapping[str, str]) -> bool:
        outcome = Outcome(**line["outcome"])  # type: ignore[arg-type]
        if line["code"] != self._digests.code:
            return False
        if outcome.is_killed and line["test_file"]:
            return line["test_file"] == self._digest_of_test(outcome)
        return line["tests"] == self._digests.tests

    def _digest_of_test(self, outcome: Outcome) -> str:
        name = outcome.noticed_by.partition("::")[0]
        return digest_of(self._root, [name]) if (self._root / name).is_file() else ""

    def add(self, outcome: Outcome) -> None:
        """Keep one more."""
        line = {
            **asdict(self._digests),
            "test_file": self._digest_of_test(outcome),
            "outcome": asdict(outcome),
        }
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
