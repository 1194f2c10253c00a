"""A plugin of pytest that plays chosen tests in a given order, up to the first that fails.

It is loaded with `-p mutation.playing` in a copy of the tree that holds a mutant.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

PLAY = "MUTATION_PLAY"
TIME_LIMIT = "time limit"
_noticed: list[str] = []


def _play() -> dict[str, dict[str, float]]:
    play: dict[str, dict[str, float]] = json.loads(
        Path(os.environ[PLAY]).read_text(encoding="utf-8")
    )
    return play


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the chosen ones in their order, each with its limit in seconds."""
    limits = _play()["limits"]
    by_name = {item.nodeid: item for item in items}
    chosen = [by_name[name] for name in limits if name in by_name]
    for item in chosen:
        item.add_marker(pytest.mark.timeout(limits[item.nodeid]), append=False)
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember who noticed."""
    if report.failed:
        # As pytest-timeout says it.
        is_late = "Failed: Timeout" in str(report.longrepr)
        _noticed.append(f"{TIME_LIMIT} of {report.nodeid}" if is_late else report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A file of tests that can no longer be read notices, too."""
    if report.failed:
        _noticed.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write who noticed, how many were played, and what it cost by the processors' clocks."""
    answer = {
        "noticed": _noticed[:1],
        "played": session.testscollected,
        "cpu_seconds": round(sum(os.times()[:4]), 2),
    }
    Path(f"{os.environ[PLAY]}.answer").write_text(json.dumps(answer), encoding="utf-8")
