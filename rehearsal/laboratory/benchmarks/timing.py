"""Two commands timed in turn, so that a slow moment of the machine meets both."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.laboratory.benchmarks.errors import BenchmarkError


@dataclass(frozen=True)
class Command:
    """A program to time: what it is called in messages, and how it is started."""

    name: str
    argv: list[str]
    cwd: Path
    env: Mapping[str, str]


@dataclass(frozen=True)
class Timings:
    """Seconds of each run."""

    runs: list[float]

    @property
    def median_seconds(self) -> float:
        """The middle run."""
        return statistics.median(self.runs)


def time_command(command: Command) -> float:
    """Run a program to its end and return its seconds.

    Raises:
        BenchmarkError: it failed; the sentence quotes its last line.
    """
    began = time.monotonic()
    done = subprocess.run(
        command.argv,
        cwd=command.cwd,
        env=dict(command.env),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise BenchmarkError(f"{command.name} failed with {done.returncode}: {lines[-1]}")
    return seconds


def time_in_turn(
    commands: Sequence[Callable[[int], Command]], runs: int, tell: Callable[[str], None]
) -> list[Timings]:
    """Time the commands one after the other, `runs` times over.

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
            seconds.append(time_command(command))
    return [Timings(seconds) for seconds in taken]
