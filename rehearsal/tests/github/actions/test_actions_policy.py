"""Runs that GitHub does not let start: what it says, and what the rehearsal makes of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.world import World, WorldRecord
from rehearsal.github.actions.actions_policy import MINUTES_ARE_SPENT
from rehearsal.tests.github.actions.test_runs import HEAD, jobs_text
from rehearsal.tests.github.served_github import CONTROL, FULL, ServedGitHub

ALLOWED = "permissions: {contents: read}\nsteps: [{uses: actions/checkout@v4}, {run: 'true'}]"
REFUSED = "steps: [{uses: actions/checkout@v4}, {uses: astral-sh/setup-uv@v7}, {uses: other/x@v1}]"
NOT_ALLOWED = (
    "astral-sh/setup-uv@v7 and other/x@v1 are not allowed to be used in guarded/tools. Actions in "
    "this workflow must be: within a repository owned by guarded or matching the following: "
    "actions/*."
)


@pytest.fixture
def play(github: ServedGitHub, tmp_path: Path) -> Play:
    """A conductor's view of the local GitHub."""
    record = WorldRecord(
        "0",
        aws_port=9,
        github_port=github.port,
        console_port=10,
        root_secret="none",
        control_token=CONTROL,
        console_token="none",
        tokens={"octo": FULL},
    )
    world = World(tmp_path, record)
    world.logs.mkdir(parents=True)
    return Play(world, Options(), lambda _sentence: None)


def refusal(play: Play, name: str) -> str:
    """What the display says of the newest run of a repository's workflow."""
    repository = play.github("octo").get_repo(name)
    with pytest.raises(RehearsalError) as refused:
        play.wait_for_run(repository, "work.yml", seconds=20)
    return str(refused.value)


def test_an_action_that_is_not_allowed_lets_no_job_start(github: ServedGitHub) -> None:
    github.workflow("guarded/tools", HEAD + jobs_text(good=ALLOWED, bad=REFUSED))
    run = github.run("guarded/tools")
    assert run["conclusion"] == "startup_failure"
    assert github.jobs("guarded/tools", run) == {}
    assert github.problems()["guarded/tools"] == NOT_ALLOWED


def test_allowed_actions_run(github: ServedGitHub) -> None:
    github.workflow("guarded/plain", HEAD + jobs_text(good=ALLOWED))
    assert github.run("guarded/plain")["conclusion"] == "success"


def test_without_minutes_no_job_of_a_private_repository_starts(github: ServedGitHub) -> None:
    text = HEAD + jobs_text(
        first="steps: [{run: 'true'}]",
        after="needs: first\nsteps: [{run: 'true'}]",
        always="needs: first\nif: always()\nsteps: [{run: 'true'}]",
    )
    github.workflow("frugal/private", text)
    run = github.run("frugal/private")
    jobs = github.jobs("frugal/private", run)
    assert run["conclusion"] == "failure"
    ended = {name: (job["conclusion"], len(job["steps"])) for name, job in jobs.items()}
    assert ended == {"first": ("failure", 0), "after": ("skipped", 0), "always": ("failure", 0)}
    assert github.logs("frugal/private") == ""
    assert github.problems()["frugal/private"] == MINUTES_ARE_SPENT


@pytest.mark.parametrize(
    ("name", "label", "private"), [("open", "ubuntu-24.04", False), ("own", "self-hosted", True)]
)
def test_minutes_are_not_asked_for_where_they_cost_nothing(
    github: ServedGitHub, name: str, label: str, private: bool
) -> None:
    text = HEAD + jobs_text(only="steps: [{run: 'true'}]").replace("ubuntu-24.04", label)
    github.workflow(f"frugal/{name}", text, private=private)
    assert github.run(f"frugal/{name}")["conclusion"] == "success"


def test_the_rehearsal_says_why_a_run_did_not_start_and_what_to_do(
    github: ServedGitHub, play: Play
) -> None:
    github.workflow("guarded/seen", HEAD + jobs_text(bad=REFUSED))
    said = refusal(play, "guarded/seen")
    assert "other/x@v1 are not allowed to be used in guarded/seen" in said
    assert "let an owner of guarded allow them under Settings, Actions, General" in said
    github.workflow("frugal/seen", HEAD + jobs_text(only="steps: [{run: 'true'}]"))
    said = refusal(play, "frugal/seen")
    assert "The job was not started because recent account payments have failed" in said
    assert "let an owner of frugal" in said


def test_the_page_of_a_run_says_why_it_did_not_start(github: ServedGitHub) -> None:
    for name, job, why in (
        ("guarded/paged", REFUSED, "not allowed to be used in guarded/paged"),
        ("frugal/paged", "steps: [{run: 'true'}]", "recent account payments have failed"),
    ):
        github.workflow(name, HEAD + jobs_text(only=job))
        page = github.fetch(github.run(name)["html_url"])
        assert why in page.body.decode()
