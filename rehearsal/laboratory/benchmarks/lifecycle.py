"""Plays the lifecycle once through its command line, and measures it from outside."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rehearsal.laboratory.benchmarks.errors import BenchmarkError
from rehearsal.laboratory.benchmarks.memory import MemorySampler

SAMPLE_SECONDS = 0.25
_STOP_SECONDS = 60


@dataclass(frozen=True)
class MeasuredPlay:
    """One play of the lifecycle.

    Attributes:
        seconds: from starting the command to its exit, the servers' stop included.
        report: what `.rehearsal/report.json` holds.
        github_log: the log of the local GitHub.
    """

    seconds: float
    peak_mib: float
    peak_processes: int
    samples: int
    report: dict[str, Any]
    github_log: str


def play_lifecycle(root: Path, tell: Callable[[float], None], *options: str) -> MeasuredPlay:
    """Run `python -m rehearsal --json` in `root`.

    Args:
        root: the checkout; the rehearsal keeps its state in it.
        tell: called several times a second with the peak memory so far, in MiB.
        options: further options of the command.

    Raises:
        BenchmarkError: the lifecycle failed; the sentence is the rehearsal's own.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", "rehearsal", "--json", *options],
            cwd=root,
            stdout=output,
            stderr=errors,
            # A second signal would disturb its clean-up: Ctrl-C reaches this process alone.
            start_new_session=True,
        )
        try:
            with MemorySampler(child.pid, interval_seconds=SAMPLE_SECONDS) as memory:
                while child.poll() is None:
                    tell(memory.peak_mib)
                    time.sleep(SAMPLE_SECONDS)
            seconds = time.monotonic() - began
        finally:
            _stop(child)
        report = _report(output, errors, child.returncode)
    log = (root / ".rehearsal/logs/github.log").read_text(encoding="utf-8", errors="replace")
    return MeasuredPlay(
        seconds, memory.peak_mib, memory.peak_processes, memory.samples, report, log
    )


def _stop(child: subprocess.Popen[Any]) -> None:
    """End a play that was interrupted; the rehearsal then ends its own processes."""
    if child.poll() is None:
        child.terminate()
        child.wait(_STOP_SECONDS)


def _report(output: IO[str], errors: IO[str], exit_code: int) -> dict[str, Any]:
    output.seek(0)
    errors.seek(0)
    if exit_code == 0:
        report: dict[str, Any] = json.loads(output.read())
        return report
    sentences = [line for line in errors.read().splitlines() if line.strip()]
    reason = sentences[0] if sentences else f"exit code {exit_code}, without a word"
    raise BenchmarkError(f"The lifecycle failed, so nothing was measured: {reason}")
