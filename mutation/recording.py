"""A plugin of pytest that tells coverage which test runs, and writes how long each took.

It is loaded with `-p mutation.recording` in a session that coverage measures.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest

DURATIONS = "MUTATION_DURATIONS"
_seconds: defaultdict[str, float] = defaultdict(float)
_unsuitable: set[str] = set()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let what runs until the test's end belong to the test."""
    measured, began = coverage.Coverage.current(), time.monotonic()
    if measured is not None:
        measured.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        _seconds[item.nodeid] += time.monotonic() - began
        if measured is not None:
            measured.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Leave out what did not pass: it tells nothing of a mutant."""
    if not report.passed:
        _unsuitable.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write the tests that passed, with their seconds."""
    durations = {test: seconds for test, seconds in _seconds.items() if test not in _unsuitable}
    Path(os.environ[DURATIONS]).write_text(json.dumps(durations), encoding="utf-8")
