"""What changes the digest, and what a release may change without changing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from proof.digest import digest_of


def _write(name: str, text: str) -> Callable[[Path], object]:
    def change(project: Path) -> None:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")

    return change


@pytest.mark.parametrize(
    "change",
    [
        _write("README.md", "Other rings.\n"),
        _write("new.py", ""),
        _write("proof/parts.py", ""),
        _write("pyproject.toml", '[project]\nname = "scales"\nversion = "0.1.0"\n'),
        lambda project: (project / "README.md").unlink(),
        lambda project: (project / "README.md").rename(project / "LIESMICH.md"),
        lambda project: (project / "scripts/run.sh").chmod(0o755),
    ],
    ids=["content", "new", "proof", "pyproject", "gone", "renamed", "mode"],
)
def test_what_is_tested_changes_the_digest(project: Path, change: Callable[[Path], object]) -> None:
    before = digest_of(project)
    change(project)
    assert digest_of(project) != before


@pytest.mark.parametrize(
    "change",
    [
        _write("proof/results.json", '{"check": {}}\n'),
        _write("rehearsal/laboratory/benchmarks/results.json", "{}\n"),
        _write("CHANGELOG.md", "## [1.0.0]\n"),
        _write("pyproject.toml", '[project]\nname = "rings"\nversion = "1.0.0"\n'),
        _write("made/cache.txt", "ignored by git\n"),
    ],
    ids=["results", "measured", "changelog", "version", "ignored"],
)
def test_what_a_release_changes_does_not(project: Path, change: Callable[[Path], object]) -> None:
    before = digest_of(project)
    change(project)
    assert digest_of(project) == before
