"""Runs that are run again: the same run and commit, one attempt more.

Source: https://docs.github.com/en/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs
"""

from dataclasses import replace
from datetime import datetime, timedelta

from rehearsal.github.core.errors import ForbiddenError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Account, Attempt, Run

LONGEST_AGO = timedelta(days=30)


def rerun(github: LocalGitHub, run: Run, actor: Account) -> Run:
    """Queue all jobs of a run again.

    Raises:
        ForbiddenError: it has not ended, never began, or is too old.
    """
    if run.status != "completed":
        raise ForbiddenError("This workflow is already running")
    if run.conclusion == "startup_failure":
        raise ForbiddenError("This workflow run cannot be retried")
    if github.clock() - datetime.fromisoformat(run.created_at) > LONGEST_AGO:
        raise ForbiddenError(
            "Unable to retry this workflow run because it was created over a month ago"
        )
    now = github.now()
    ended = Attempt(
        number=run.attempt,
        started_at=run.started_at,
        updated_at=run.updated_at,
        conclusion=run.conclusion,
        problem=run.problem,
        triggered_by=run.triggered_by,
    )
    again = replace(
        run,
        attempt=run.attempt + 1,
        triggered_by=actor.login,
        status="queued",
        conclusion=None,
        problem=None,
        started_at=now,
        updated_at=now,
        earlier=(*run.earlier, ended),
    )
    github.store.put(again)
    for listener in github.run_listeners:
        listener(run.id)
    return again


def as_it_was(run: Run, attempt: int) -> Run | None:
    """A run as an attempt left it; None if it never had that attempt."""
    if attempt == run.attempt:
        return run
    found = next((known for known in run.earlier if known.number == attempt), None)
    if found is None:
        return None
    return replace(
        run,
        attempt=attempt,
        status="completed",
        conclusion=found.conclusion,
        problem=found.problem,
        started_at=found.started_at,
        updated_at=found.updated_at,
        triggered_by=found.triggered_by,
    )
