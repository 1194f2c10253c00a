"""Lets GitHub fail over real servers and functions, and launches many projects at once."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rehearsal.conductor.meanwhile import repeated_meanwhile
from rehearsal.laboratory.benchmarks.memory import FamilyMemory
from rehearsal.laboratory.benchmarks.results import Tell
from rehearsal.laboratory.trials.approvals import prepare, run_approvals
from rehearsal.laboratory.trials.fault_kinds import FAULTS
from rehearsal.laboratory.trials.ground import Ground, open_ground
from rehearsal.laboratory.trials.matrix import OPERATIONS, every_fault, list_points, run_matrix
from rehearsal.laboratory.trials.rows import sum_up
from rehearsal.laboratory.trials.storm import launch_at_once

LANES = 8
LAUNCHES = 50
APPROVALS_PER_FAULT = 4
NO_LIMIT = "0,0"
_STORM_SECONDS = 3000.0
_SAMPLE_SECONDS = 1.0


def measure_faults(root: Path, tell: Tell) -> dict[str, Any]:
    """Hit every request of a launch, an update and a deletion with every fault.

    GitHub's limit on writes is lifted: hundreds of launches would wait for it for hours.
    """
    with passing_ground(root, tell, lanes=LANES, content_limit=NO_LIMIT) as ground:
        points = list_points(ground)
        report = run_matrix(
            ground,
            points,
            every_fault(points),
            lambda done, of: tell(f"fault matrix: {done} of {of} projects lived"),
        )
    return {
        "requests": {
            operation: sum(point.operation == operation for point in points)
            for operation in OPERATIONS
        },
        "faults": list(FAULTS),
        "rows": [asdict(row) for row in sum_up(report.results)],
        "half_done": [asdict(result) for result in report.results if not result.is_good],
        "not_injected": [
            f"{result.fault} at {result.operation} {result.request}"
            for result in report.results
            if not result.injected
        ],
        "left": report.left,
        "broken": report.broken,
    }


def measure_approvals(root: Path, tell: Tell) -> dict[str, Any]:
    """Hit every request of an approval with every fault, and deliver events several times."""
    with passing_ground(root, tell, lanes=LANES, content_limit=NO_LIMIT) as ground:
        report = run_approvals(
            prepare(ground),
            FAULTS,
            times=APPROVALS_PER_FAULT,
            tell=lambda done, of: tell(f"approvals: {done} of {of} sent"),
        )
    return {"rows": [asdict(row) for row in report.rows], "broken": report.broken}


def measure_storm(root: Path, tell: Tell) -> dict[str, Any]:
    """Launch fifty projects at once with one user, within GitHub's own limits."""
    memory = FamilyMemory(os.getpid())
    with (
        passing_ground(root, tell, lanes=1) as ground,
        repeated_meanwhile(memory.sample, pause_seconds=_SAMPLE_SECONDS),
    ):
        report = launch_at_once(
            ground,
            LAUNCHES,
            seconds=_STORM_SECONDS,
            tell=lambda done, of: tell(f"launches: {done} of {of} ended"),
        )
    return {
        **asdict(report),
        "peak_mib": round(memory.peak_mib, 1),
        "processes_at_peak": memory.peak_processes,
    }


@contextlib.contextmanager
def passing_ground(
    root: Path, tell: Tell, *, lanes: int, content_limit: str | None = None
) -> Iterator[Ground]:
    """Open a ground whose folder goes with it, with the time-outs that users have.

    By default GitHub's own limit holds.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        open_ground(
            root,
            Path(folder) / "state",
            lanes=lanes,
            content_limit=content_limit,
            read_timeout_seconds=None,
            say=tell,
        ) as ground,
    ):
        yield ground
