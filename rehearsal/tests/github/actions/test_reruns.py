"""Runs that somebody runs again: one attempt more of the same run."""

from __future__ import annotations

from pathlib import Path

import github as pygithub

from rehearsal.tests.github.actions.test_cancellations import dispatched
from rehearsal.tests.github.actions.test_runs import HEAD, jobs_text
from rehearsal.tests.github.in_process_github import InProcessGitHub
from rehearsal.tests.github.served_github import FULL, ServedGitHub

SECOND_SUCCEEDS = """
steps:
  - run: |
      echo "attempt $GITHUB_RUN_ATTEMPT by ${{ github.triggering_actor }}"
      test "$GITHUB_RUN_ATTEMPT" = 2
"""


def test_a_run_is_run_again_with_its_commit_and_a_new_attempt(github: ServedGitHub) -> None:
    github.workflow("again", HEAD + jobs_text(only=SECOND_SUCCEEDS, other="steps: [{run: 'true'}]"))
    first = github.run("again")
    assert (first["conclusion"], first["run_attempt"]) == ("failure", 1)
    before = github.jobs("again", first)
    with pygithub.Github(auth=pygithub.Auth.Token(FULL), base_url=f"{github.url}/api/v3") as client:
        (run,) = client.get_repo("octo/again").get_workflow_runs()
        assert run.rerun()
    second = github.run("again", attempt=2)
    assert second["id"] == first["id"]
    assert second["head_sha"] == first["head_sha"]
    assert second["conclusion"] == "success"
    assert second["triggering_actor"]["login"] == "octo"
    after = github.jobs("again", second)
    assert {job["run_attempt"] for job in after.values()} == {2}
    assert "attempt 2 by octo" in github.log("again", after["only"])
    path = f"/repos/octo/again/actions/runs/{first['id']}"
    everything = github.rest("GET", f"{path}/jobs?filter=all").body["jobs"]
    assert {job["id"] for job in everything} == {
        job["id"] for job in [*before.values(), *after.values()]
    }
    assert github.rest("GET", f"{path}/attempts/1").body == first
    assert github.rest("GET", f"{path}/attempts/2").body == second
    assert second["previous_attempt_url"].endswith(f"{path}/attempts/1")
    assert github.rest("GET", f"{path}/attempts/3").status == 404


def test_each_attempt_keeps_its_times(tmp_path: Path) -> None:
    with InProcessGitHub(tmp_path / "github") as github:
        run = dispatched(github)
        path = f"/repos/octo/idle/actions/runs/{run['id']}"
        ended = []
        for _ in range(3):
            github.clock.advance(60)
            github.rest("POST", f"{path}/cancel")
            ended.append(github.rest("GET", path))
            github.clock.advance(3600)
            github.rest("POST", f"{path}/rerun")
        now = github.rest("GET", path)
        assert (now["run_attempt"], now["status"], now["conclusion"]) == (4, "queued", None)
        known = [github.rest("GET", f"{path}/attempts/{number}") for number in (1, 2, 3)]
        assert known == ended
        begun = [each["run_started_at"] for each in (*known, now)]
        assert len(set(begun)) == 4
        assert begun == sorted(begun)
        assert {each["created_at"] for each in (*known, now)} == {run["created_at"]}


def test_what_has_not_ended_or_never_began_is_not_run_again(github: ServedGitHub) -> None:
    github.workflow("busy", HEAD + jobs_text(only="steps: [{run: 'sleep 30'}]"))
    busy = github.run("busy", status="in_progress")
    path = f"/repos/octo/busy/actions/runs/{busy['id']}"
    refused = github.rest("POST", f"{path}/rerun")
    assert (refused.status, refused.body["message"]) == (403, "This workflow is already running")
    assert github.rest("POST", f"{path}/cancel").status == 202
    github.run("busy")
    github.workflow(
        "wrong", HEAD + "jobs: {only: {runs-on: ubuntu-24.04, steps: [{uses: no/such@v1}]}}\n"
    )
    wrong = github.run("wrong")
    assert wrong["conclusion"] == "startup_failure"
    refused = github.rest("POST", f"/repos/octo/wrong/actions/runs/{wrong['id']}/rerun")
    assert (refused.status, refused.body["message"]) == (403, "This workflow run cannot be retried")
