"""Plays the lifecycle once through its command line, and measures it from outside."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.benchmarks.launch import measure_launch
from rehearsal.laboratory.benchmarks.memory import FamilyMemory
from rehearsal.laboratory.benchmarks.pipeline_floor import time_plain_training
from rehearsal.laboratory.benchmarks.results import Sections, Tell
from rehearsal.laboratory.benchmarks.timing import compare

LIFECYCLE_AIM_SECONDS = 120
MEMORY_AIM_MIB = 2048
SAMPLE_SECONDS = 0.25
_STOP_SECONDS = 60


@dataclass(frozen=True)
class MeasuredPlay:
    """One play of the lifecycle.

    Attributes:
        seconds: from starting the command to its exit, the servers' stop included.
        report: what `.rehearsal/report.json` holds.
    """

    seconds: float
    memory: FamilyMemory
    report: dict[str, Any]

    def sections(self) -> Sections:
        """What the results tell of it."""
        return {
            "lifecycle": {
                "seconds": round(self.seconds, 2),
                "aim_seconds": LIFECYCLE_AIM_SECONDS,
                "acts": {act["name"]: act["seconds"] for act in self.report["acts"]},
            },
            "memory": {
                "peak_mib": round(self.memory.peak_mib, 1),
                "aim_mib": MEMORY_AIM_MIB,
                "measure": self.memory.measure,
                "processes_at_peak": self.memory.peak_processes,
                "samples": self.memory.samples,
                "sample_seconds": SAMPLE_SECONDS,
            },
        }


def measure_lifecycle(root: Path, runs: int, tell: Tell) -> Sections:
    """Play the lifecycle, and time its pipeline's floor.

    Raises:
        RehearsalError: the lifecycle or the plain script failed.
    """
    play = play_lifecycle(root, tell)
    tell(f"Played the lifecycle in {play.seconds:.1f} s")
    facts = play.report["facts"]
    floor = time_plain_training(root, runs, tell)
    log = (root / ".rehearsal/logs/github.log").read_text(encoding="utf-8", errors="replace")
    return {
        **play.sections(),
        "pipeline": compare([facts["pipeline_seconds"]], floor),
        "launch": measure_launch(facts["launch"], log),
    }


def play_lifecycle(root: Path, tell: Tell, *options: str) -> MeasuredPlay:
    """Run `python -m rehearsal --json` in `root`.

    Args:
        root: the checkout; the rehearsal keeps its state in it.
        tell: called several times a second.
        options: further options of the command.

    Raises:
        RehearsalError: the lifecycle failed; the sentence is the rehearsal's own.
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
            memory = FamilyMemory(child.pid)
            while child.poll() is None:
                memory.sample()
                seconds = time.monotonic() - began
                tell(f"Playing: {seconds:.0f} s, peak memory {memory.peak_mib:.0f} MiB")
                time.sleep(SAMPLE_SECONDS)
            seconds = time.monotonic() - began
        finally:
            _stop(child)
        return MeasuredPlay(seconds, memory, _report(output, errors, child.returncode))


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
    raise RehearsalError(f"The lifecycle failed, so nothing was measured: {reason}")
