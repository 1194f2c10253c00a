"""Finds the run that a dispatch started, by its name, and tells what became of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from deploy_dispatch.order import Order
from deploy_dispatch.project import Project
from deploy_dispatch.stage_record import UnderWay
from github_client.api import GitHubApi

# Clocks of Lambda and of GitHub may differ a little.
CLOCK_TOLERANCE_SECONDS = 60.0
# So long after it was created, a run may be run again.
_LONGEST_AGO_SECONDS = 30 * 86_400.0
_PAGE = 100
_MAX_PAGES = 10  # GitHub shows at most a thousand


def find_run(api: GitHubApi, project: Project, under_way: UnderWay) -> dict[str, Any] | None:
    """Return the run of an order as its first attempt is, or was; what follows is people's.

    GitHub shows a new run only some seconds after its dispatch: "none" means "none yet".
    The workflow's `run-name` says what the order says. People may start one of the same name
    later, so the order's is the oldest that can be it.
    """
    path = f"workflows/{under_way.order.workflow(project.deploy_workflow)}/runs"
    since = under_way.since / 1000 - CLOCK_TOLERANCE_SECONDS
    found = [run for run in _runs_since(api, project, path, since) if is_run_of(under_way, run)]
    if not found or found[-1]["run_attempt"] == 1:
        return found[-1] if found else None
    return find_attempt(api, project, found[-1]["id"], 1)


def is_run_of(under_way: UnderWay, run: dict[str, Any]) -> bool:
    """Tell whether a run may be that of an order, whichever attempt it is at."""
    since = under_way.since / 1000 - CLOCK_TOLERANCE_SECONDS
    is_named = str(run.get("display_title")) == under_way.order.title
    return is_named and run["id"] > under_way.after and moment_of(run, "created_at") >= since


def newest_runs(api: GitHubApi, project: Project) -> list[dict[str, Any]]:
    """Return the newest hundred runs of a project, whoever started them."""
    query = f"event=workflow_dispatch&per_page={_PAGE}"
    found = api.send("GET", f"/repos/{project.deploy_full_name}/actions/runs?{query}")
    return list(found.body["workflow_runs"])


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
    """Tell whether any job of a run's attempt came to its first step."""
    query = f"filter=all&per_page={_PAGE}"
    path = f"/repos/{project.deploy_full_name}/actions/runs/{run['id']}/jobs?{query}"
    jobs = api.send("GET", path).body["jobs"]
    return any(job["steps"] for job in jobs if job["run_attempt"] == run["run_attempt"])


def was_dropped(api: GitHubApi, project: Project, order: Order, run: dict[str, Any]) -> bool:
    """Tell whether GitHub dropped a cancelled run that never began for one of the same stage.

    GitHub says `cancelled` of those, and of runs that a person cancelled or that took too long. Of
    a stage it lets one go on and one wait, so a run was dropped if two others were there when it
    ended.
    """
    ended = moment_of(run, "updated_at")
    others = [
        other
        for other in _runs_since(api, project, "runs", ended - _LONGEST_AGO_SECONDS)
        if other["id"] != run["id"]
        and order.shares_stage(str(other.get("display_title")))
        and _was_there(api, project, other, ended)
    ]
    return len(others) > 1


def _was_there(api: GitHubApi, project: Project, run: dict[str, Any], moment: float) -> bool:
    """Tell whether an attempt of a run had joined its concurrency group, and not ended."""
    attempt: dict[str, Any] | None = run
    while attempt is not None and moment_of(attempt, "run_started_at") > moment:
        earlier = attempt["run_attempt"] - 1
        attempt = find_attempt(api, project, run["id"], earlier) if earlier else None
    if attempt is None:
        return False
    return attempt["status"] != "completed" or moment_of(attempt, "updated_at") >= moment


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
