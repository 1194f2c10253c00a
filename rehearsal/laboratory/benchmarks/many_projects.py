"""What a launch costs the local AWS, and what it costs idle, the more projects there are.

Stages: a world with one project; at each count an idle while, then launches one after the other
with the saving that they cause; between the counts, projects launched side by side.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.benchmarks.results import Tell
from rehearsal.laboratory.benchmarks.trials import LANES, NO_LIMIT, passing_ground
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject

PROJECTS = (1, 50, 200)
LAUNCH_AIM = 1.3
IDLE_AIM_PERCENT = 2.0
_LAUNCHES = 6
_IDLE_SECONDS = 30.0
# Until all is saved that was touched: two rounds and what is on its way.
_SETTLING_SECONDS = 8.0


def measure_many_projects(root: Path, tell: Tell) -> list[dict[str, Any]]:
    """Grow one world to each count of projects and measure there.

    Raises:
        RehearsalError: a launch failed.
    """
    with passing_ground(root, tell, lanes=LANES, content_limit=NO_LIMIT) as ground:
        world = _World(ground)
        rows = []
        for projects in PROJECTS:
            tell(f"many projects: on the way to {projects}")
            world.grow(projects)
            tell(f"many projects: measuring at {projects}")
            rows.append({"projects": projects, **world.measure()})
            tell(f"many projects: {rows[-1]}")
        return rows


class _World:
    def __init__(self, ground: Ground) -> None:
        self._lanes = [Lane(ground, login) for login in ground.lanes]
        self._numbers = count(1)
        self._launched: list[str] = []
        (process,) = (s.find() for s in ground.world.record.servers if s.name == "local AWS")
        if process is None:
            raise RehearsalError("The local AWS is not running.")
        self._server: psutil.Process = process

    def grow(self, projects: int) -> None:
        """Launch side by side until there are so many."""
        missing = projects - len(self._launched)
        shares = [range(n, missing, len(self._lanes)) for n in range(len(self._lanes))]
        with ThreadPoolExecutor(len(self._lanes)) as pool:
            list(pool.map(self._launch_all, self._lanes, shares))

    def measure(self) -> dict[str, float]:
        """CPU of the server alone: its functions' does not depend on the other projects."""
        time.sleep(_SETTLING_SECONDS)
        idle = self._cpu_seconds(lambda: time.sleep(_IDLE_SECONDS)) / _IDLE_SECONDS
        began = time.monotonic()

        def launch_and_save() -> None:
            self._launch_all(self._lanes[0], range(_LAUNCHES))
            time.sleep(_SETTLING_SECONDS)

        busy = self._cpu_seconds(launch_and_save)
        launches = busy - idle * (time.monotonic() - began)
        return {
            "idle_percent": round(100 * idle, 2),
            "launch_cpu_seconds": round(launches / _LAUNCHES, 3),
        }

    def _cpu_seconds(self, work: Callable[[], None]) -> float:
        before = self._server.cpu_times()
        work()
        after = self._server.cpu_times()
        return float(after.user + after.system - before.user - before.system)

    def _launch_all(self, lane: Lane, share: Sequence[int]) -> None:
        for _ in share:
            project = TrialProject(lane, f"many{next(self._numbers):03}")
            ending = project.launch()
            if not ending.is_good:
                raise RehearsalError(f"The launch of {project.name} failed: {ending.reason}")
            self._launched.append(project.name)
