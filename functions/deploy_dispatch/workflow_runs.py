"""Finds the run that a dispatch started, by its name, and tells what became of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from deploy_dispatch.order import Order
from deploy_dispatch.project import Project
from github_client.api import GitHubApi

# Clocks of Lambda and of GitHub may differ a little.
CLOCK_TOLERANCE_SECONDS = 60.0
# GitHub drops a run that waits as soon as a later one of its concurrency group comes.
_DROPPED_WITHIN_SECONDS = 60.0
_PAGE = 100
_MAX_PAGES = 10  # GitHub shows at most a thousand


def find_run(
    api: GitHubApi, project: Project, workflow: str, title: str, since: float
) -> dict[str, Any] | None:
    """Return the newest run with a name that was created after `since`, as GitHub shows it.

    GitHub shows a new run only some seconds after its dispatch: "none" means "none yet".
    The workflow's `run-name` says what the order says.
    """
    path = f"workflows/{workflow}/runs"
    for run in _runs_since(api, project, path, since - CLOCK_TOLERANCE_SECONDS):
        if str(run.get("display_title")) == title:
            return run
    return None


def find_attempt(
    api: GitHubApi, project: Project, run_id: int, attempt: int
) -> dict[str, Any] | None:
    """Return a run as GitHub shows one of its attempts; None if it has none such."""
    path = f"/repos/{project.deploy_full_name}/actions/runs/{run_id}/attempts/{attempt}"
    answer = api.send("GET", path, accept=(404,))
    return answer.body if answer.status < 300 else None


def cancel_run(api: GitHubApi, project: Project, run: dict[str, Any]) -> None:
    """Ask GitHub to cancel a run; it may have ended meanwhile."""
    path = f"/repos/{project.deploy_full_name}/actions/runs/{run['id']}/cancel"
    api.send("POST", path, accept=(409,))


def has_begun(api: GitHubApi, project: Project, run: dict[str, Any]) -> bool:
    """Tell whether any job of a run came to its first step."""
    path = f"/repos/{project.deploy_full_name}/actions/runs/{run['id']}/jobs"
    return any(job["steps"] for job in api.send("GET", path).body["jobs"])


def was_dropped(api: GitHubApi, project: Project, order: Order, run: dict[str, Any]) -> bool:
    """Tell whether GitHub dropped a run that never began for a later one of the same stage.

    GitHub says `cancelled` of those, and of runs that a person cancelled or that took too long. It
    drops only what has not begun, and only when a later run joins the concurrency group.
    """
    if run["conclusion"] != "cancelled":
        return False
    ended = moment_of(run, "updated_at")
    since = max(moment_of(run, "created_at"), ended - _DROPPED_WITHIN_SECONDS)
    return any(
        later["id"] > run["id"]
        and moment_of(later, "created_at") <= ended
        and order.shares_stage(str(later.get("display_title")))
        for later in _runs_since(api, project, "runs", since)
    )


def place_of(run: dict[str, Any]) -> str:
    """Where a run stands among those of its project; text that sorts by GitHub's own time."""
    started = run.get("run_started_at") or run["created_at"]
    return f"{started} {run['id']:020d} {run['run_attempt']:05d}"


def moment_of(run: dict[str, Any], member: str) -> float:
    """A time of a run, in seconds since the epoch."""
    return datetime.fromisoformat(run[member]).timestamp()


def _runs_since(
    api: GitHubApi, project: Project, path: str, since: float
) -> Iterator[dict[str, Any]]:
    """Yield dispatched runs, the newest first."""
    for page in range(1, _MAX_PAGES + 1):
        query = f"event=workflow_dispatch&per_page={_PAGE}&page={page}"
        answer = api.send("GET", f"/repos/{project.deploy_full_name}/actions/{path}?{query}")
        runs = answer.body["workflow_runs"]
        for run in runs:
            if moment_of(run, "created_at") < since:
                return
            yield run
        if len(runs) < _PAGE:
            return
