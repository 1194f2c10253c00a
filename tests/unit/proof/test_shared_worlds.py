"""Which files meet in one worker's local AWS is left to chance, so no two take the same name."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[3] / "rehearsal/tests"
STACK = re.compile(r'\baws\.stack\(\s*"([^"]+)"')


def test_no_two_tests_of_the_shared_local_aws_make_the_same_stack() -> None:
    files = sorted((TESTS / "emulator").rglob("test_*.py"))
    made = [name for file in files for name in STACK.findall(file.read_text(encoding="utf-8"))]
    assert len(made) > 30
    assert {name: count for name, count in Counter(made).items() if count > 1} == {}
