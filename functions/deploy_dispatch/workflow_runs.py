"""Finds the run that a dispatch started, by its name, and tells what ended it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from deploy_dispatch.order import Order
from deploy_dispatch.project import Project
from github_client.api import GitHubApi

# Clocks of Lambda and of GitHub may differ a little.
_CLOCK_TOLERANCE_SECONDS = 60.0
# GitHub drops a run that waits as soon as a later one of its concurrency group comes.
_DROPPED_WITHIN_SECONDS = 60.0
_PAGE = 100
_MAX_PAGES = 10  # GitHub shows at most a thousand


def find_run(api: GitHubApi, project: Project, order: Order, since: float) -> dict[str, Any] | None:
    """Return the newest run of this order that was created after `since`, as GitHub shows it.

    GitHub shows a new run only some seconds after its dispatch: "none" means "none yet".
    The workflow's `run-name` says what the order says.
    """
    path = f"workflows/{order.workflow}/runs"
    for run in _runs_since(api, project, path, since - _CLOCK_TOLERANCE_SECONDS):
        if order.is_named(str(run.get("display_title"))):
            return run
    return None


def was_dropped(api: GitHubApi, project: Project, order: Order, run: dict[str, Any]) -> bool:
    """Tell whether GitHub dropped a run of this order for a later one of the same stage.

    GitHub says `cancelled` of those, and of runs that a person cancelled or that took too long. It
    drops only what has not begun, and only when a later run joins the concurrency group.
    """
    if run["conclusion"] != "cancelled":
        return False
    path = f"/repos/{project.deploy_full_name}/actions/runs/{run['id']}/jobs"
    if any(job["steps"] for job in api.send("GET", path).body["jobs"]):
        return False
    ended = _moment(run, "updated_at")
    since = max(_moment(run, "created_at"), ended - _DROPPED_WITHIN_SECONDS)
    return any(
        later["id"] > run["id"]
        and _moment(later, "created_at") <= ended
        and order.shares_stage(str(later.get("display_title")))
        for later in _runs_since(api, project, "runs", since)
    )


def _runs_since(
    api: GitHubApi, project: Project, path: str, since: float
) -> Iterator[dict[str, Any]]:
    """Yield dispatched runs, the newest first."""
    for page in range(1, _MAX_PAGES + 1):
        query = f"event=workflow_dispatch&per_page={_PAGE}&page={page}"
        answer = api.send("GET", f"/repos/{project.deploy_full_name}/actions/{path}?{query}")
        runs = answer.body["workflow_runs"]
        for run in runs:
            if _moment(run, "created_at") < since:
                return
            yield run
        if len(runs) < _PAGE:
            return


def _moment(run: dict[str, Any], member: str) -> float:
    return datetime.fromisoformat(run[member]).timestamp()
