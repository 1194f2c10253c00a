"""A copy of the checkout in which the functions may be changed, and pytest on it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

CHECKOUT = Path(__file__).resolve().parents[4]
TESTS = ("unit/functions", "rehearsed/functions")
_MOST_SECONDS = 600.0
_LEFT_OUT = shutil.ignore_patterns("__pycache__")


@dataclass(frozen=True)
class Outcome:
    """How pytest ended: its exit code, which tests failed, and what it said.

    Args:
        exit_code: https://docs.pytest.org/en/stable/reference/exit-codes.html
        failed: names below `tests`, as they are given to pytest; a test that could not be set up
            is not among them.
        said: its output.
    """

    exit_code: int
    failed: frozenset[str]
    said: str

    def has_failed(self, test: str) -> bool:
        """Tell whether a test failed, or one of its parameters where none is named."""
        return any(name == test or name.startswith(f"{test}[") for name in self.failed)


@dataclass(frozen=True)
class CheckoutCopy:
    """The functions and their tests as copies, all else as links to the checkout."""

    folder: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "CheckoutCopy":
        """Make it in a folder that does not exist yet."""
        folder.mkdir()
        for entry in CHECKOUT.iterdir():
            if entry.name not in ("functions", "tests", ".git"):
                (folder / entry.name).symlink_to(entry)
        shutil.copytree(CHECKOUT / "functions", folder / "functions", ignore=_LEFT_OUT)
        # Tests find the functions by their own place, so links would lead back to the checkout.
        for tests in TESTS:
            shutil.copytree(CHECKOUT / "tests" / tests, folder / "tests" / tests, ignore=_LEFT_OUT)
        for file in (CHECKOUT / "tests").glob("*.py"):
            shutil.copy(file, folder / "tests")
        return cls(folder)

    def replace(self, file: str, text: str, replacement: str) -> None:
        """Change a file below `functions`.

        Raises:
            ValueError: the text is not there exactly once.
        """
        place = self.folder / "functions" / file
        before = place.read_text(encoding="utf-8")
        if before.count(text) != 1:
            raise ValueError(
                f"{file} holds {text!r} {before.count(text)} times; correct mutants.py"
            )
        place.write_text(before.replace(text, replacement), encoding="utf-8")

    def play(self, tests: Sequence[str]) -> Outcome:
        """Run tests below `tests`."""
        report = self.folder / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"]
        ended = subprocess.run(
            [*command, f"--junitxml={report}", *(f"tests/{test}" for test in tests)],
            cwd=self.folder,
            env=_environment(),
            timeout=_MOST_SECONDS,
            capture_output=True,
            text=True,
            check=False,
        )
        failed = _failed(report) if report.exists() else frozenset()
        return Outcome(ended.returncode, failed, ended.stdout + ended.stderr)


def _environment() -> dict[str, str]:
    """Ours, without what the pytest around this one left in it."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "COV_", "FAULT_MATRIX_", "DISPATCH_MATRIX_"))
    }


def _failed(report: Path) -> frozenset[str]:
    cases = ElementTree.parse(report).iter("testcase")
    return frozenset(
        f"{case.attrib['classname'].removeprefix('tests.').replace('.', '/')}.py"
        f"::{case.attrib['name']}"
        for case in cases
        if case.find("failure") is not None
    )
