"""Finds the run that a dispatch started, by its name."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from deploy_dispatch.order import Order
from deploy_dispatch.project import Project
from github_client.api import GitHubApi

# Clocks of Lambda and of GitHub may differ a little.
_CLOCK_TOLERANCE_SECONDS = 60.0
_PAGE = 100
_MAX_PAGES = 10  # GitHub shows at most a thousand


def find_run(api: GitHubApi, project: Project, order: Order, since: float) -> dict[str, Any] | None:
    """Return the newest run of this order that was created after `since`, as GitHub shows it.

    GitHub shows a new run only some seconds after its dispatch: "none" means "none yet".
    The workflow's `run-name` says what the order says.
    """
    for run in _runs_since(api, project, order.workflow, since - _CLOCK_TOLERANCE_SECONDS):
        if order.is_named(str(run.get("display_title"))):
            return run
    return None


def _runs_since(
    api: GitHubApi, project: Project, workflow: str, since: float
) -> Iterator[dict[str, Any]]:
    """Yield dispatched runs, the newest first."""
    path = f"/repos/{project.deploy_full_name}/actions/workflows/{workflow}/runs"
    for page in range(1, _MAX_PAGES + 1):
        query = f"event=workflow_dispatch&per_page={_PAGE}&page={page}"
        runs = api.send("GET", f"{path}?{query}").body["workflow_runs"]
        for run in runs:
            if datetime.fromisoformat(run["created_at"]).timestamp() < since:
                return
            yield run
        if len(runs) < _PAGE:
            return
