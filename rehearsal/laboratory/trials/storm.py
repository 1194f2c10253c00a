"""Many launches at once by one GitHub user, within the limits that GitHub sets."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.laboratory.trials.ground import USER_AGENT, Ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject

_POLL_SECONDS = 2.0
_MUTATING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class StormReport:
    """How the launches ended.

    Attributes:
        seconds: from the first CreateProject to the last launch that ended.
        limited: requests that GitHub asked to wait.
        mutating: requests that GitHub counts as creating content; pushes are none of its API.
        failures: reasons, of launches that failed and of those that are not whole.
    """

    launches: int
    launched: int
    seconds: float
    requests: int
    mutating: int
    limited: int
    failures: list[str]


def launch_at_once(
    ground: Ground,
    count: int,
    *,
    seconds: float,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> StormReport:
    """Ask for `count` projects one after the other without waiting, then wait for all.

    Args:
        ground: whose first lane launches them all.
        count: how many.
        seconds: to wait for the last one.
        tell: hears how many have ended, and of how many.
    """
    lane = Lane(ground, ground.lanes[0])
    began = time.monotonic()
    projects = [TrialProject(lane, f"storm{number:02}") for number in range(1, count + 1)]
    for project in projects:
        project.begin_launch()
    ended: dict[str, str] = {}
    while len(ended) < count and time.monotonic() - began < seconds:
        time.sleep(_POLL_SECONDS)
        for project in projects:
            if project.name not in ended and (ending := project.look_at_launch()) is not None:
                ended[project.name] = "" if ending[0] == "CreateCompleted" else ending[1]
        tell(len(ended), count)
    took = time.monotonic() - began
    return _report(ground, projects, ended, took)


def _report(
    ground: Ground, projects: list[TrialProject], ended: dict[str, str], took: float
) -> StormReport:
    failures = []
    for project in projects:
        reason = ended.get(project.name, "it did not end in time")
        reasons = [reason] if reason else [f"{r} is not seeded" for r in _unseeded(project)]
        failures += [f"{project.name}: {sentence}" for sentence in reasons]
    asked = ground.world.github_control.requests(agent=USER_AGENT)
    rest = [request for request in asked if request["path"].startswith("/api/")]
    return StormReport(
        launches=len(projects),
        launched=sum(1 for p in projects if ended.get(p.name) == ""),
        seconds=round(took, 1),
        requests=len(asked),
        mutating=sum(r["method"] in _MUTATING and r["status"] not in (403, 429) for r in rest),
        limited=sum(request["status"] in (403, 429) for request in asked),
        failures=failures,
    )


def _unseeded(project: TrialProject) -> list[str]:
    """Repositories without the seed; one request each, since GitHub limits these too."""
    return [
        name
        for name in project.repositories
        if not project.lane.github("GET", f"/repos/{name}/git/ref/heads/template").ok
    ]
