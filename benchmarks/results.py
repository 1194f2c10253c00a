"""What was measured, as it is written to `benchmarks/results.json`."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from benchmarks.launch import Launch
from benchmarks.lifecycle import SAMPLE_SECONDS, Play
from benchmarks.memory import memory_measure
from benchmarks.timing import Timings

LIFECYCLE_AIM_SECONDS = 120
MEMORY_AIM_MIB = 2048
MUTATING_AIM = 6
SEED_COMMITS_AIM = 1


@dataclass(frozen=True)
class Comparison:
    """A measured time, and the least that the same work takes."""

    seconds: float
    floor_seconds: float
    ratio: float
    runs: list[float]
    floor_runs: list[float]

    @classmethod
    def of(cls, measured: Timings, floor: Timings) -> "Comparison":
        """Compare medians."""
        return cls(
            seconds=round(measured.median_seconds, 2),
            floor_seconds=round(floor.median_seconds, 2),
            ratio=round(measured.median_seconds / floor.median_seconds, 2),
            runs=[round(seconds, 2) for seconds in measured.runs],
            floor_runs=[round(seconds, 2) for seconds in floor.runs],
        )


@dataclass(frozen=True)
class Results:
    """Everything that `make bench` tells.

    Attributes:
        load_before: processes that wanted a core in the minute before; what else ran then slows
            what is measured.
    """

    load_before: float
    play: Play
    synthesis: Comparison
    pipeline: Comparison
    launch: Launch

    def as_dict(self) -> dict[str, Any]:
        """The content of the file: numbers, no host name and no path."""
        play = self.play
        return {
            "date": date.today().isoformat(),
            "machine": {**describe_machine(), "load_before": round(self.load_before, 2)},
            "lifecycle": {
                "seconds": round(play.seconds, 2),
                "aim_seconds": LIFECYCLE_AIM_SECONDS,
                "acts": {act["name"]: act["seconds"] for act in play.report["acts"]},
            },
            "memory": {
                "peak_mib": round(play.peak_mib, 1),
                "aim_mib": MEMORY_AIM_MIB,
                "measure": memory_measure(),
                "processes_at_peak": play.peak_processes,
                "samples": play.samples,
                "sample_seconds": SAMPLE_SECONDS,
            },
            "synthesis": asdict(self.synthesis),
            "pipeline": asdict(self.pipeline),
            "launch": {
                **asdict(self.launch),
                "seconds": round(self.launch.seconds, 2),
                "aim_mutating": MUTATING_AIM,
                "aim_seed_commits": SEED_COMMITS_AIM,
            },
        }

    def write(self, file: Path) -> None:
        """Write the file in one step: a reader never sees half of it."""
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(self.as_dict(), indent=2) + "\n", encoding="utf-8")
        draft.replace(file)


def describe_machine() -> dict[str, Any]:
    """What the numbers depend on, without the machine's name."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
