"""A runner that is offline: jobs wait, can be cancelled, and block no server."""

from __future__ import annotations

import time

from rehearsal.tests.github.served_github import ServedGitHub

WORKFLOW = """on: push
permissions: {}
jobs:
  one: {runs-on: self-hosted, steps: [{run: 'true'}]}
"""


def _run(github: ServedGitHub, name: str) -> dict[str, object]:
    runs = github.rest("GET", f"/repos/octo/{name}/actions/runs").body["workflow_runs"]
    found: dict[str, object] = runs[0]
    return found


def _jobs(github: ServedGitHub, name: str) -> dict[str, dict[str, object]]:
    path = f"/repos/octo/{name}/actions/runs/{_run(github, name)['id']}/jobs"
    # GitHub's description forgets that a job under way has no conclusion.
    return {job["name"]: job for job in github.rest("GET", path, check=False).body["jobs"]}


def test_jobs_of_an_offline_runner_wait_until_they_are_cancelled(
    own_github: ServedGitHub,
) -> None:
    github = own_github.start(jobs_at_once=0)
    github.workflow("waiting", WORKFLOW)
    jobs: dict[str, dict[str, object]] = {}
    for _ in range(100):
        jobs = _jobs(github, "waiting")
        if jobs:
            break
        time.sleep(0.05)
    time.sleep(0.3)
    run = _run(github, "waiting")
    assert (run["status"], run["conclusion"]) == ("queued", None)
    assert (jobs["one"]["status"], jobs["one"]["started_at"] is not None) == ("queued", True)
    path = f"/repos/octo/waiting/actions/runs/{run['id']}/cancel"
    assert github.rest("POST", path).status == 202
    assert github.run("waiting")["conclusion"] == "cancelled"
    github.workflow("still-waiting", WORKFLOW)
    assert _run(github, "still-waiting")["status"] == "queued"
    assert github.stop() == 0
