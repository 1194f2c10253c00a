"""Runs that are cancelled before they began: they end, and no step of theirs ran."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.github.actions.test_reviews import GATED, OCTO, gated
from rehearsal.tests.github.actions.test_runs import HEAD, jobs_text
from rehearsal.tests.github.in_process_github import InProcessGitHub
from rehearsal.tests.github.served_github import ServedGitHub

GROUP = "concurrency: {group: stage-prod, cancel-in-progress: false}\n"
ALWAYS = "if: always()\nsteps: [{run: echo it ran}]"
DISPATCHED = "on: {workflow_dispatch: {}}\n"


def cancel(github: ServedGitHub, name: str, run: dict[str, Any]) -> None:
    """Cancel a run, and see that it ended with no step, once."""
    path = f"/repos/{name}/actions/runs/{run['id']}/cancel"
    assert github.rest("POST", path).status == 202
    ended = github.run(name, number=run["run_number"])
    assert ended["conclusion"] == "cancelled"
    jobs = github.jobs(name, ended)
    assert {(job["conclusion"], len(job["steps"])) for job in jobs.values()} == {("cancelled", 0)}
    assert github.rest("POST", path).status == 409


def test_a_run_that_waits_for_its_group_ends_with_no_step(github: ServedGitHub) -> None:
    name = "bigcorp/pending"
    gated(github, name, HEAD + GROUP + jobs_text(deploy=GATED, after=ALWAYS), OCTO)
    first = github.run(name, status="waiting")
    github.commit(name, {"n": "2"})
    cancel(github, name, github.run(name, number=2, status="pending"))
    assert github.run(name, status="waiting")["id"] == first["id"]


def test_a_run_that_waits_for_a_review_ends_with_no_step_and_frees_its_group(
    github: ServedGitHub,
) -> None:
    name = "bigcorp/unreviewed"
    gated(github, name, HEAD + GROUP + jobs_text(deploy=GATED), OCTO)
    first = github.run(name, status="waiting")
    github.commit(name, {"n": "2"})
    github.run(name, number=2, status="pending")
    cancel(github, name, first)
    github.run(name, number=2, status="waiting")


def test_a_run_that_waits_for_a_runner_ends_with_no_step(own_github: ServedGitHub) -> None:
    github = own_github.start(jobs_at_once=1)
    github.workflow("long", HEAD + jobs_text(only="steps: [{run: sleep 30}]"))
    long = github.run("long", status="in_progress")
    github.workflow("behind", HEAD + jobs_text(only="steps: [{run: 'true'}]"))
    cancel(github, "octo/behind", github.run("behind", status="queued"))
    assert github.rest("POST", f"/repos/octo/long/actions/runs/{long['id']}/cancel").status == 202
    github.run("long")
    assert github.stop() == 0


def test_a_job_that_waits_for_its_own_group_ends_with_no_step(github: ServedGitHub) -> None:
    group = "concurrency: {group: one-at-a-time}\n"
    long, short = (f"{group}steps: [{{run: {run}}}]" for run in ("sleep 30", "'true'"))
    github.workflow("cancel-jobs", HEAD + jobs_text(first=long, second=short))
    run = github.run("cancel-jobs", status="in_progress")
    assert (
        github.rest("POST", f"/repos/octo/cancel-jobs/actions/runs/{run['id']}/cancel").status
        == 202
    )
    run = github.run("cancel-jobs")
    jobs = github.jobs("cancel-jobs", run)
    assert {job["conclusion"] for job in jobs.values()} == {"cancelled"}
    assert [] in [job["steps"] for job in jobs.values()]


@pytest.fixture
def without_runner(tmp_path: Path) -> Iterator[InProcessGitHub]:
    """A GitHub whose runs nobody takes."""
    with InProcessGitHub(tmp_path / "github") as server:
        yield server


def dispatched(github: InProcessGitHub) -> dict[str, Any]:
    """A run that stays queued."""
    github.rest("POST", "/user/repos", {"name": "idle", "auto_init": True})
    text = DISPATCHED + jobs_text(only="steps: [{run: 'true'}]")
    folder = "/repos/octo/idle/contents/.github/workflows/work.yml"
    content = {"message": "Work", "content": b64encode(text.encode()).decode()}
    github.rest("PUT", folder, content)
    github.rest("POST", "/repos/octo/idle/actions/workflows/work.yml/dispatches", {"ref": "main"})
    (run,) = github.rest("GET", "/repos/octo/idle/actions/runs")["workflow_runs"]
    found: dict[str, Any] = run
    return found


def test_where_no_runner_is_what_waits_ends_at_once(without_runner: InProcessGitHub) -> None:
    github = without_runner
    run = dispatched(github)
    path = f"/repos/octo/idle/actions/runs/{run['id']}"
    assert run["status"] == "queued"
    github.rest("POST", f"{path}/cancel")
    ended = github.rest("GET", path)
    assert (ended["status"], ended["conclusion"]) == ("completed", "cancelled")
    assert github.rest("GET", f"{path}/jobs")["jobs"] == []


def test_a_run_that_is_cancelled_at_once_does_not_get_away(github: ServedGitHub) -> None:
    # So many jobs that some runs are cancelled while the runner still reads them.
    many = {f"job{number}": "steps: [{run: sleep 30}]" for number in range(25)}
    github.workflow("cancel-quick", DISPATCHED + jobs_text(**many))
    path = "/repos/octo/cancel-quick/actions/workflows/work.yml/dispatches"
    wish = {"ref": "main", "return_run_details": True}
    for number in range(1, 6):
        run = github.rest("POST", path, wish).body["workflow_run_id"]
        assert (
            github.rest("POST", f"/repos/octo/cancel-quick/actions/runs/{run}/cancel").status == 202
        )
        ended = github.run("cancel-quick", number=number)
        jobs = github.jobs("cancel-quick", ended).values()
        assert {job["conclusion"] for job in (ended, *jobs)} == {"cancelled"}
        assert len(jobs) == len(many)
