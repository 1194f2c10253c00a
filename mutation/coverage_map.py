"""Which tests of the first two tiers enter which line, as one measured run showed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import coverage

from mutation.mutant import Mutant, MutationError
from mutation.python_mutants import PythonMutant
from mutation.recording import DURATIONS

FUNCTIONS = "functions"
# Folders of which tests call functions in their own process, and those that read policies.
MEASURED = ("tests/unit/functions", "tests/rehearsed/functions", "rehearsal/tests/catalog")
OF_POLICIES = "tests/synth"
TIERS = ("check", "test")
_CONFIGURATION = """\
[run]
source = functions
data_file = {folder}/coverage.{tier}
"""


@dataclass(frozen=True)
class CoverageMap:
    """Tests by the lines that they enter.

    Attributes:
        seconds: of each test that passed, by its name.
        lines: by file and line, the tests' numbers in the order of `seconds`.
        sources: by file, the names of our modules that it imports.
    """

    seconds: dict[str, float]
    lines: dict[str, dict[int, list[int]]]
    sources: dict[str, list[str]]

    @cached_property
    def _names(self) -> list[str]:
        return list(self.seconds)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Those that can notice it, fastest first; none if no test enters its line."""
        if isinstance(mutant, PythonMutant):
            numbers = self._numbers(mutant)
            tests = {self._names[number] for number in numbers}
        else:
            tests = {name for name in self._names if name.startswith(f"{OF_POLICIES}/")}
        return sorted(tests, key=lambda name: (self.seconds[name], name))

    def _numbers(self, mutant: PythonMutant) -> set[int]:
        lines = self.lines.get(mutant.file, {})
        if mutant.where.entered:
            return {n for line in mutant.where.entered for n in lines.get(line, [])}
        # It takes effect on import, so whoever uses the file can notice it, or uses its users.
        users = [file for file, names in self.sources.items() if _module(mutant.file) in names]
        return {
            number
            for file in (mutant.file, *users)
            for numbers in self.lines.get(file, {}).values()
            for number in numbers
        }


def _module(file: str) -> str:
    return file.removeprefix(f"{FUNCTIONS}/").removesuffix(".py").replace("/", ".")


def imports_of(text: str) -> list[str]:
    """Full names of the modules that a Python file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return sorted(found)


def record(root: Path, folder: Path, say: Callable[[str], None]) -> CoverageMap:
    """Play the tests of both tiers once under coverage.

    Args:
        root: of the tree.
        folder: where the measurements are kept.
        say: is told what is played.

    Raises:
        MutationError: they could not be played.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, float] = {}
    lines: dict[str, dict[int, list[int]]] = {}
    for tier in TIERS:
        say(f"measuring which lines the tests of the tier {tier} enter")
        durations = _measure(root, folder, tier)
        seconds |= durations
        numbers = {name: number for number, name in enumerate(seconds)}
        data = coverage.CoverageData(str(folder / f"coverage.{tier}"))
        data.read()
        for file in data.measured_files():
            of_file = lines.setdefault(Path(file).relative_to(root).as_posix(), {})
            for line, tests in data.contexts_by_lineno(file).items():
                known = {numbers[test] for test in tests if test in durations}
                of_file[line] = sorted({*of_file.get(line, []), *known})
    return CoverageMap(seconds, lines, _sources(root))


def _measure(root: Path, folder: Path, tier: str) -> dict[str, float]:
    configuration, durations = folder / "coveragerc", folder / f"durations-{tier}.json"
    configuration.write_text(_CONFIGURATION.format(folder=folder, tier=tier), encoding="utf-8")
    durations.unlink(missing_ok=True)
    argv = [*("-m", "coverage", "run", f"--rcfile={configuration}", "-m", "pytest")]
    argv += [*("-p", "mutation.recording", "-n", "0", "--tier", tier, "--hypothesis-seed=17")]
    with (folder / f"pytest-{tier}.txt").open("w", encoding="utf-8") as said:
        done = subprocess.run(
            [sys.executable, *argv, *MEASURED, OF_POLICIES],
            cwd=root,
            env={**os.environ, DURATIONS: str(durations)},
            stdout=said,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise MutationError(
            f"Tests of the tier {tier} fail without any mutant; see {said.name} and mend them."
        )
    found: dict[str, float] = json.loads(durations.read_text(encoding="utf-8"))
    return found


def _sources(root: Path) -> dict[str, list[str]]:
    return {
        path.relative_to(root).as_posix(): imports_of(path.read_text(encoding="utf-8"))
        for path in sorted((root / FUNCTIONS).rglob("*.py"))
    }


def read_map(file: Path, digest: str) -> CoverageMap | None:
    """What was recorded for files of this digest, if anything was."""
    if not file.exists():
        return None
    kept = json.loads(file.read_text(encoding="utf-8"))
    if kept["digest"] != digest:
        return None
    lines = {
        name: {int(line): numbers for line, numbers in of_file.items()}
        for name, of_file in kept["lines"].items()
    }
    return CoverageMap(kept["seconds"], lines, kept["sources"])


def write_map(file: Path, digest: str, recorded: CoverageMap) -> None:
    """Keep what was recorded for files of this digest."""
    content = {
        "digest": digest,
        "seconds": recorded.seconds,
        "lines": recorded.lines,
        "sources": recorded.sources,
    }
    file.write_text(json.dumps(content), encoding="utf-8")
