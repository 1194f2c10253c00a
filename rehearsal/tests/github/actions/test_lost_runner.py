"""A machine that is lost takes its job along: no later step runs, and the run has failed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.scenarios.lost_runner import lose_runner
from rehearsal.conductor.server_process import ServerProcess
from rehearsal.conductor.waiting import look_until_found
from rehearsal.tests.github.actions.test_runs import HEAD, jobs_text
from rehearsal.tests.github.served_github import ServedGitHub

STEPS = [
    {"name": "Deploy", "run": "trap 'echo heard' TERM INT; echo begun; sleep 300 & wait"},
    {"name": "Report", "if": "always()", "run": "echo reported"},
]


def test_no_step_after_the_lost_one_runs_whatever_its_condition(own_github: ServedGitHub) -> None:
    github = own_github.start()
    server = ServerProcess("local GitHub", github.command())
    with pytest.raises(RehearsalError, match="No job runs"):
        lose_runner(server)
    github.workflow("lost", HEAD + jobs_text(only=f"steps: {json.dumps(STEPS)}"))
    run = github.run("lost", status="in_progress")

    def deploying() -> bool | None:
        (job,) = github.jobs("lost", run).values()
        return any(step["name"] == "Deploy" for step in job["steps"]) or None

    assert look_until_found(deploying, seconds=30)
    lose_runner(server)
    ended = github.run("lost")
    assert ended["conclusion"] == "failure"
    (job,) = github.jobs("lost", ended).values()
    assert _told(job) == {"Set up job": "success", "Deploy": "cancelled"}
    said = github.log("lost", job)
    assert "lost communication" in said
    assert "heard" not in said
    assert "reported" not in said
    assert github.stop() == 0


def _told(job: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["conclusion"] for step in job["steps"]}
