"""Which files meet in one worker's servers is left to chance, so no two make the same thing."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[3] / "rehearsal/tests"


@pytest.mark.parametrize(
    ("folder", "made", "least"),
    [
        ("emulator", r"\baws\.stack\(\s*", 30),
        ("github", r"\bgithub\.(?:create|workflow)\(\s*", 30),
        ("sagemaker", r"\.create_\w+\(\s*\w+Name=", 10),
    ],
)
def test_no_two_files_that_share_a_server_make_the_same(folder: str, made: str, least: int) -> None:
    files: dict[str, set[str]] = defaultdict(set)
    for file in sorted((TESTS / folder).rglob("*.py")):
        for name in re.findall(rf'{made}"([^"]+)"', file.read_text(encoding="utf-8")):
            files[name].add(file.name)
    assert len(files) > least
    assert {name: found for name, found in files.items() if len(found) > 1} == {}
