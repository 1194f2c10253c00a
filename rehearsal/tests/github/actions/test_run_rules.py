"""When workflows start, wait, end early, or do not start at all."""

from __future__ import annotations

import os
import time

import psutil

from rehearsal.tests.github.actions.test_runs import HEAD, jobs_text
from rehearsal.tests.github.served_github import ServedGitHub

LONG = os.getpid()  # as seconds, it finds our sleepers among others'


def test_needs_and_conditions_decide_what_runs(github: ServedGitHub) -> None:
    text = HEAD + jobs_text(
        bad="steps: [{run: 'exit 1'}]",
        skipped="needs: bad\nsteps: [{run: 'true'}]",
        mended="needs: bad\nif: failure()\nsteps: [{run: 'true'}]",
        cleanup="needs: [bad, skipped]\nif: always()\nsteps: [{run: 'echo ok'}]",
        elsewhere="if: github.ref == 'refs/heads/other'\nsteps: [{run: 'true'}]",
    )
    github.workflow("chain", text)
    run = github.run("chain")
    found = {name: job["conclusion"] for name, job in github.jobs("chain", run).items()}
    assert run["conclusion"] == "failure"
    assert found == {
        "bad": "failure",
        "skipped": "skipped",
        "mended": "success",
        "cleanup": "success",
        "elsewhere": "skipped",
    }


def test_timeout_ends_the_job_with_all_its_processes(github: ServedGitHub) -> None:
    job = f"""
timeout-minutes: 0.01
steps:
  - run: setsid sleep {LONG}1 & sleep {LONG}2
  - if: always()
    run: echo cleaned up
"""
    github.workflow("slow", HEAD + jobs_text(only=job))
    run = github.run("slow")
    assert run["conclusion"] == "cancelled"
    log = github.log("slow", github.jobs("slow", run)["only"])
    assert "has exceeded the maximum execution time of 0.01 minutes" in log
    assert " cleaned up\n" in log
    assert _sleepers(f"{LONG}1", f"{LONG}2") == []


def test_newer_run_cancels_or_waits_as_the_group_says(github: ServedGitHub) -> None:
    group = "concurrency: {group: 'g-${{ github.ref }}', cancel-in-progress: CANCEL}\n"
    job = "steps:\n  - run: test ${{ github.run_number }} != 1 || sleep SECONDS"
    for name, cancel, seconds, expected in (
        ("group-cancel", "true", f"{LONG}3", ["cancelled", "success"]),
        ("group-wait", "false", "1.2", ["success", "cancelled", "success"]),
    ):
        jobs = jobs_text(only=job.replace("SECONDS", seconds))
        text = HEAD + group.replace("CANCEL", cancel) + jobs
        github.workflow(name, text)
        _await_status(github, name, "in_progress")
        for number in range(2, len(expected) + 1):
            github.commit(f"octo/{name}", {"n": str(number)})
        runs = [github.run(name, number=n) for n in range(1, len(expected) + 1)]
        assert [run["conclusion"] for run in runs] == expected
    assert runs[2]["updated_at"] >= runs[0]["updated_at"]
    assert _sleepers(f"{LONG}3") == []


def test_cancelled_run_ends_and_says_so(github: ServedGitHub) -> None:
    github.workflow("stopped", HEAD + jobs_text(only=f"steps: [{{run: sleep {LONG}4}}]"))
    id_ = _await_status(github, "stopped", "in_progress")
    path = f"/repos/octo/stopped/actions/runs/{id_}/cancel"
    time.sleep(0.3)
    assert github.rest("POST", path).status == 202
    assert github.run("stopped")["conclusion"] == "cancelled"
    assert github.rest("POST", path).status == 409
    assert "The run was cancelled." in github.logs("stopped")


def test_what_a_cancelled_run_still_does(github: ServedGitHub) -> None:
    """GitHub: "Workflow cancellation reference"; conditions are evaluated anew."""
    text = HEAD + jobs_text(
        given_up=f"""
steps:
  - run: sleep {LONG}5
  - if: failure()
    run: echo it failed
  - run: echo it went on
  - if: cancelled()
    run: echo it was cancelled
  - if: always()
    run: echo the job is ${{{{ job.status }}}}
""",
        careful=f"steps: [{{if: always(), run: sleep 1; echo with care}}, {{run: sleep {LONG}6}}]",
        stubborn=f"steps: [{{run: sleep {LONG}7}}, {{if: always(), run: sleep {LONG}8}}]",
        kept="if: always()\nsteps: [{run: sleep 1.5; echo to the end}, {run: echo and on}]",
        told="needs: given_up\nif: cancelled()\nsteps: [{run: echo too late}]",
        never="needs: given_up\nsteps: [{run: echo never}]",
    )
    github.workflow("called-off", text)
    id_ = _await_status(github, "called-off", "in_progress")
    time.sleep(1.0)
    github.rest("POST", f"/repos/octo/called-off/actions/runs/{id_}/cancel")
    run = github.run("called-off")
    jobs = github.jobs("called-off", run)
    logs = {name: github.log("called-off", job) for name, job in jobs.items() if job["steps"]}
    steps = [(step["name"], step["conclusion"]) for step in jobs["given_up"]["steps"]]
    assert run["conclusion"] == "cancelled"
    assert (f"Run sleep {LONG}5", "cancelled") in steps
    assert "it failed" not in logs["given_up"]
    assert "it went on" not in logs["given_up"]
    assert " it was cancelled\n" in logs["given_up"]
    assert " the job is cancelled\n" in logs["given_up"]
    assert " with care\n" in logs["careful"]
    assert " to the end\n" in logs["kept"]
    assert " and on\n" in logs["kept"]
    assert _sleepers(*(f"{LONG}{number}" for number in (5, 6, 7, 8))) == []
    conclusions = {name: job["conclusion"] for name, job in jobs.items()}
    assert conclusions.pop("kept") == "success"
    assert conclusions.pop("told") == "success"
    assert set(conclusions.values()) == {"cancelled"}
    assert "never" not in logs


def test_unsupported_workflows_fail_by_name(github: ServedGitHub) -> None:
    step = "steps: [{run: 'true'}]"
    cases = {
        "matrix": (
            jobs_text(only="strategy: {matrix: {v: [1]}}\n" + step),
            "`strategy` in the job",
        ),
        "services": (
            jobs_text(only="services: {db: {}}\n" + step),
            "`services` in the job",
        ),
        "foreign": (jobs_text(only="steps: [{uses: who/what@v1}]"), "--actions"),
        "circle": (jobs_text(a="needs: b\n" + step, b="needs: a\n" + step), "circle"),
        "typo": (jobs_text(only="permission: {}\n" + step), "`permission` in the job"),
        "broken": ("jobs: {\n", "is not valid YAML"),
    }
    for name, (jobs, word) in cases.items():
        github.workflow(f"bad-{name}", HEAD + jobs)
        run = github.run(f"bad-{name}")
        assert run["conclusion"] == "startup_failure"
        assert word in github.problems()[f"octo/bad-{name}"]


def test_branch_and_path_filters_and_skip_marks_hold(github: ServedGitHub) -> None:
    on = "on: {push: {branches: ['main'], paths: ['src/**', '.github/**']}}\npermissions: {}\n"
    github.workflow("filtered", on + jobs_text(only="steps: [{run: 'true'}]"))
    github.run("filtered")
    github.commit("octo/filtered", {"docs/a": "1"})
    github.commit("octo/filtered", {"src/a": "1"}, "Change [skip ci]")
    github.commit("octo/filtered", {"src/deep/a": "2"})
    github.run("filtered", number=2)
    runs = github.rest("GET", "/repos/octo/filtered/actions/runs").body
    assert runs["total_count"] == 2


def test_the_log_of_a_job_comes_only_by_its_signed_address(github: ServedGitHub) -> None:
    github.workflow("signed", HEAD + jobs_text(only="steps: [{run: echo hello}]"))
    job = github.jobs("signed", github.run("signed"))["only"]
    answer = github.rest("GET", f"/repos/octo/signed/actions/jobs/{job['id']}/logs")
    location = answer.headers["location"]
    assert b"hello" in github.fetch(location).body
    assert github.fetch(location.split("?")[0]).status == 403


def _await_status(github: ServedGitHub, name: str, status: str) -> int:
    for _ in range(200):
        runs = github.rest("GET", f"/repos/octo/{name}/actions/runs", check=False).body
        for run in runs["workflow_runs"]:
            if run["status"] == status:
                id_: int = run["id"]
                return id_
        time.sleep(0.03)
    raise AssertionError(f"no run of {name} is {status}")


def _sleepers(*seconds: str) -> list[list[str]]:
    commands = [p.info["cmdline"] or [] for p in psutil.process_iter(["cmdline"])]
    return [command for command in commands if command[:1] == ["sleep"] and command[1] in seconds]


def test_a_title_that_is_a_commits_own_words_is_no_expression(github: ServedGitHub) -> None:
    github.create("worded")
    text = HEAD + jobs_text(only="if: false\nsteps: [{run: 'true'}]")
    words = "Write ${{ nothing.here }} and ${{ github.actor }}"
    github.commit("octo/worded", {".github/workflows/work.yml": text}, words)
    run = github.run("worded")
    assert (run["display_title"], run["conclusion"]) == (words, "skipped")
