"""Counts what tests cost by the processors' clocks, the programs that they start included.

Each worker adds the cost to its reports; the session sums them up by folder, writes them with
`--tier-report FILE`, and fails in CI when the chosen tier costs a fifth more than it may. Noisy
machines stretch seconds on the wall; these hardly.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from proof.parts import PARTS

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_ALLOWED = 1.2
_DEAREST = 5
_MOST_READINGS = 20


def used_by(pid: int) -> float:
    """CPU-seconds of a process, of those that it waited for, and of all that it still has.

    Source: proc(5), fields utime, stime, cutime and cstime. Where there is no /proc, what this
    process and those that it waited for have used.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return sum(os.times()[:4]) if pid == os.getpid() else 0.0
    fields = text.rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / _TICKS_A_SECOND
    return own + sum(map(used_by, _children_of(pid)))


def _children_of(pid: int) -> set[int]:
    """Read again as long as a thread ends meanwhile: another one has got its children."""
    children: set[int] = set()
    for _ in range(_MOST_READINGS):
        try:
            tasks = list(Path(f"/proc/{pid}/task").iterdir())
        except OSError:
            return children  # it has ended itself
        told = [_text_of(task / "children") for task in tasks]
        children.update(int(child) for text in told if text for child in text.split())
        if None not in told:
            break
    return children


def _text_of(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return None


class CpuSeconds:
    """Counts in the process that plays tests, and sums up in the one that reports."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._before = used_by(os.getpid())
        self._by_test: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()

    def pytest_collection_finish(self) -> None:
        """Begin to count: a fresh clone compiles what it imports, and no test is to blame."""
        self._before = used_by(os.getpid())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Any:
        """Add to a test's last report what was used since the test before."""
        report = yield
        if report.when == "teardown":
            now = used_by(os.getpid())
            report.cpu_seconds, self._before = max(0.0, now - self._before), now
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Sum up."""
        self._by_test[report.nodeid] += getattr(report, "cpu_seconds", 0.0)
        if report.when == "call" or not report.passed:
            self._outcomes[report.outcome] += 1

    def by_folder(self) -> dict[str, float]:
        """CPU-seconds by folder, two below `tests`."""
        sums: Counter[str] = Counter()
        for test, seconds in self._by_test.items():
            path = PurePosixPath(test.partition("::")[0])
            sums["/".join(path.parent.parts[:3])] += seconds
        return {folder: round(seconds, 1) for folder, seconds in sorted(sums.items())}

    @property
    def excess(self) -> str | None:
        """One sentence if the chosen tier cost too much."""
        tier, total = self._config.getoption("tier"), sum(self._by_test.values())
        if tier is None or total <= PARTS[tier].cpu_seconds * _ALLOWED:
            return None
        dearest = ", ".join(f"{t} ({s:.0f})" for t, s in self._by_test.most_common(_DEAREST))
        return (
            f"The tier {tier} cost {total:.0f} CPU-seconds and may cost "
            f"{PARTS[tier].cpu_seconds}; make its dearest tests cheaper or move them: {dearest}."
        )

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report, and fail in CI what costs too much."""
        file = self._config.getoption("tier_report")
        if file is not None:
            counts = {
                outcome: self._outcomes[outcome] for outcome in ("passed", "failed", "skipped")
            }
            report = {**counts, "cpu_seconds": self.by_folder()}
            Path(file).write_text(json.dumps(report), encoding="utf-8")
        if self.excess is not None and "CI" in os.environ and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show the sums when a tier was chosen."""
        if self._config.getoption("tier") is None:
            return
        folders = self.by_folder()
        shown = ", ".join(f"{folder} {seconds:.0f}" for folder, seconds in folders.items())
        terminalreporter.write_line(f"CPU-seconds: {sum(folders.values()):.0f} ({shown})")
        if self.excess is not None:
            terminalreporter.write_line(self.excess, red=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the costs be written down."""
    parser.addoption("--tier-report", metavar="FILE", help="write counts and CPU-seconds as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Count in every process of the session."""
    config.pluginmanager.register(CpuSeconds(config), "cpu_seconds")
