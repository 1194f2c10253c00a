"""Two commands timed in turn, so that a slow moment of the machine meets both."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.conductor.errors import RehearsalError


@dataclass(frozen=True)
class Command:
    """A program to run: what it is called in messages, and how it is started."""

    name: str
    argv: list[str]
    cwd: Path
    env: Mapping[str, str]

    def run(self) -> str:
        """Run it to its end and return what it printed.

        Raises:
            RehearsalError: it failed; the sentence quotes its last line.
        """
        done = subprocess.run(
            self.argv,
            cwd=self.cwd,
            env=dict(self.env),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise RehearsalError(f"{self.name} failed with {done.returncode}: {lines[-1]}")
        return done.stdout


def time_in_turn(
    commands: Sequence[Callable[[int], Command]], runs: int, tell: Callable[[str], None]
) -> list[list[float]]:
    """Time the commands one after the other, `runs` times over; the seconds of each run.

    Args:
        commands: each makes the command of a run, given the run's number.
        runs: how often each is timed.
        tell: called with what is at work.
    """
    taken: list[list[float]] = [[] for _ in commands]
    for number in range(1, runs + 1):
        for make, seconds in zip(commands, taken, strict=True):
            command = make(number)
            tell(f"{command.name}, run {number} of {runs}")
            began = time.monotonic()
            command.run()
            seconds.append(time.monotonic() - began)
    return taken


def compare(
    runs: Sequence[float], floor_runs: Sequence[float], aim: float | None = None
) -> dict[str, Any]:
    """A measured time, and the least that the same work takes, by their medians.

    Args:
        runs: in seconds.
        floor_runs: likewise.
        aim: how many times the floor it may take; None: nothing is aimed at.
    """
    seconds, floor_seconds = statistics.median(runs), statistics.median(floor_runs)
    return {
        "seconds": round(seconds, 2),
        "floor_seconds": round(floor_seconds, 2),
        "ratio": round(seconds / floor_seconds, 2),
        "runs": [round(run, 2) for run in runs],
        "floor_runs": [round(run, 2) for run in floor_runs],
        **({} if aim is None else {"aim_ratio": aim}),
    }
