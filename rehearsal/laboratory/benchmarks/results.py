"""What was measured, as it is written to `rehearsal/laboratory/benchmarks/results.json`."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from rehearsal.laboratory.benchmarks.launch import Launch
from rehearsal.laboratory.benchmarks.lifecycle import SAMPLE_SECONDS, MeasuredPlay
from rehearsal.laboratory.benchmarks.memory import memory_measure
from rehearsal.laboratory.benchmarks.timing import Timings

LIFECYCLE_AIM_SECONDS = 120
MEMORY_AIM_MIB = 2048
SYNTHESIS_AIM = 1.3
UNVALIDATED_SYNTHESIS_AIM = 1.6
MUTATING_AIM = 6
PUSHES_AIM = 1


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
    """Everything that `make bench` tells; what was not measured this time is None.

    Attributes:
        load_before: processes that wanted a core in the minute before; what else ran then slows
            what is measured.
        in_process: rows of the fault matrix in the functions alone.
        faults: the fault matrix over real processes, as `benchmarks.trials` gives it.
        approvals: approvals that met faults, likewise.
        storm: many launches at once, likewise.
        stages: requests to a stage that changes, as `benchmarks.stages` gives it.
        idle_cost: what a new project costs, as `benchmarks.idle_cost` gives it.
        many_projects: CPU of the local AWS, as `benchmarks.many_projects` gives it.
    """

    load_before: float
    play: MeasuredPlay | None = None
    synthesis: Comparison | None = None
    synthesis_unvalidated: Comparison | None = None
    pipeline: Comparison | None = None
    launch: Launch | None = None
    in_process: list[dict[str, Any]] | None = None
    faults: dict[str, Any] | None = None
    approvals: dict[str, Any] | None = None
    storm: dict[str, Any] | None = None
    stages: dict[str, Any] | None = None
    idle_cost: dict[str, Any] | None = None
    many_projects: list[dict[str, Any]] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The content of the file: numbers, no host name and no path."""
        sections = {
            "lifecycle": self.play and _lifecycle(self.play),
            "memory": self.play and _memory(self.play),
            "synthesis": self.synthesis and asdict(self.synthesis),
            "synthesis_unvalidated": self.synthesis_unvalidated
            and asdict(self.synthesis_unvalidated),
            "pipeline": self.pipeline and asdict(self.pipeline),
            "launch": self.launch and _launch(self.launch),
            "in_process_faults": self.in_process,
            "faults": self.faults,
            "approvals": self.approvals,
            "storm": self.storm,
            "stages": self.stages,
            "idle_cost": self.idle_cost,
            "many_projects": self.many_projects,
        }
        today = date.today().isoformat()
        measured = {name: content for name, content in sections.items() if content is not None}
        return {
            "dates": dict.fromkeys(measured, today),
            "machine": {**describe_machine(), "load_before": round(self.load_before, 2)},
            **measured,
        }

    def write(self, file: Path) -> None:
        """Write the file in one step; sections that were not measured stay as they were."""
        earlier = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        earlier.pop("date", None)  # files written before each section had a date of its own
        content = self.as_dict()
        dates = {**earlier.get("dates", {}), **content["dates"]}
        whole = {**earlier, **content, "dates": dates}
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
        draft.replace(file)


def describe_machine() -> dict[str, Any]:
    """What the numbers depend on, without the machine's name."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _lifecycle(play: MeasuredPlay) -> dict[str, Any]:
    return {
        "seconds": round(play.seconds, 2),
        "aim_seconds": LIFECYCLE_AIM_SECONDS,
        "acts": {act["name"]: act["seconds"] for act in play.report["acts"]},
    }


def _memory(play: MeasuredPlay) -> dict[str, Any]:
    return {
        "peak_mib": round(play.peak_mib, 1),
        "aim_mib": MEMORY_AIM_MIB,
        "measure": memory_measure(),
        "processes_at_peak": play.peak_processes,
        "samples": play.samples,
        "sample_seconds": SAMPLE_SECONDS,
    }


def _launch(launch: Launch) -> dict[str, Any]:
    return {
        **asdict(launch),
        "seconds": round(launch.seconds, 2),
        "aim_mutating": MUTATING_AIM,
        "aim_pushes": PUSHES_AIM,
    }
