"""Holds a job back until the rules of its environment are met.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from rehearsal.github.actions.concurrency import first_of
from rehearsal.github.actions.run_records import ActiveRun, end_job, note, save_job, settle_run
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Environment, Job
from rehearsal.github.repositories.environments import find_environment, has_rules

LONGEST_WAIT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a job may start; a waiting one is looked at again at ``until``, or when reviewed."""

    state: Literal["open", "closed", "waiting"]
    until: datetime
    why: str = ""


def judge(environment: Environment, job: Job, now: datetime) -> Verdict:
    """Compare a job that waits with the rules; both its review and its timer have to allow it."""
    since = datetime.fromisoformat(job.waiting_since) if job.waiting_since else now
    opens, ends = since + timedelta(minutes=environment.wait_timer_minutes), since + LONGEST_WAIT
    if job.review == "rejected":
        return Verdict("closed", now, f"The deployment to {environment.name} was rejected.")
    is_approved = not environment.reviewers or job.review == "approved"
    if is_approved:
        return Verdict("open" if now >= opens else "waiting", opens)
    if now >= ends:
        return Verdict("closed", now, f"Nobody reviewed the deployment to {environment.name}.")
    return Verdict("waiting", ends)


class DeploymentGate:
    """Required reviewers and wait timers, for every job that names an environment."""

    def __init__(self, github: LocalGitHub) -> None:
        self._github = github

    async def passed(self, active: ActiveRun, job: Job, cancelled: asyncio.Event) -> Job | None:
        """Wait until the job may start or is cancelled; None if it ended at the gate."""
        environment = self._protected(active, job)
        if environment is None or cancelled.is_set():
            return job
        since = job.waiting_since or self._github.now()
        job = save_job(self._github, active, replace(job, status="waiting", waiting_since=since))
        settle_run(self._github, active)
        while not cancelled.is_set():
            reviewed = active.reviewed  # taken before the look, so that no review is missed
            job = self._github.store.get(Job, job.id) or job
            now = self._github.clock()
            verdict = judge(environment, job, now)
            if verdict.state == "closed":
                note(self._github, job, f"##[error]{verdict.why}")
                end_job(self._github, active, job, "failure")
                return None
            if verdict.state == "open":
                break
            await first_of(reviewed, cancelled, seconds=(verdict.until - now).total_seconds())
        return save_job(self._github, active, replace(job, status="queued"))

    def _protected(self, active: ActiveRun, job: Job) -> Environment | None:
        """The job's environment, if it has rules and the plan has them."""
        repository = active.plan.repository
        if not job.environment or not has_rules(self._github, repository):
            return None
        found = find_environment(self._github, repository, job.environment)
        has_any = found is not None and (found.reviewers or found.wait_timer_minutes)
        return found if has_any else None
