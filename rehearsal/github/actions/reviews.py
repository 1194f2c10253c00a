"""Rules of deployment reviews: what waits, who may approve it, and what a review does.

Imitated: https://docs.github.com/en/rest/actions/workflow-runs (API version 2022-11-28).

Somebody who may not review is told that nothing is pending: that is how GitHub answers a reviewer
who started the run where self-review is prevented, as projects report that tried it. It does not
tell more to others either; that part is a judgement.
"""

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel

from rehearsal.github.core.access import Principal
from rehearsal.github.core.errors import ValidationError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Approval, Environment, Job, Repository, Run
from rehearsal.github.repositories.environments import find_environment, is_reviewer


class Review(BaseModel):
    """What a reviewer says about environments that a run waits for."""

    environment_ids: list[int]
    state: Literal["approved", "rejected"]
    comment: str


@dataclass(frozen=True, slots=True)
class Pending:
    """An environment that a run waits for, and the jobs in it."""

    environment: Environment
    jobs: tuple[Job, ...]


def pending_deployments(github: LocalGitHub, repository: Repository, run: Run) -> list[Pending]:
    """What of a run waits for the rules of its environments."""
    found: dict[int, Pending] = {}
    for job in github.store.select(Job, run_id=run.id, status="waiting"):
        environment = find_environment(github, repository, job.environment)
        if environment is not None:
            before = found.get(environment.id)
            jobs = (*before.jobs, job) if before else (job,)
            found[environment.id] = Pending(environment, jobs)
    return list(found.values())


def may_review(
    github: LocalGitHub, principal: Principal | None, repository: Repository, run: Run, to: Pending
) -> bool:
    """True for a reviewer whose word is still missing; where it is set, not for who started it."""
    if principal is None or principal.is_job or all(job.review for job in to.jobs):
        return False
    login = principal.account.login
    if to.environment.prevent_self_review and login == run.actor:
        return False
    return is_reviewer(github, repository, to.environment, login)


def review(
    github: LocalGitHub,
    principal: Principal,
    repository: Repository,
    run: Run,
    wish: Review,
) -> list[Job]:
    """Approve or reject what waits in these environments; returns the jobs concerned.

    Raises:
        ValidationError: nothing in them waits for this reviewer.
    """
    chosen = [
        pending
        for pending in pending_deployments(github, repository, run)
        if pending.environment.id in wish.environment_ids
        and may_review(github, principal, repository, run, pending)
    ]
    if not chosen:
        reason = "No pending deployment requests to approve or reject"
        raise ValidationError("Validation Failed", reason)
    jobs = [
        github.store.put(replace(job, review=wish.state))
        for pending in chosen
        for job in pending.jobs
        if not job.review
    ]
    github.store.put(
        Approval(
            id=github.store.next_id("Approval"),
            repository_id=repository.id,
            run_id=run.id,
            environment_ids=tuple(pending.environment.id for pending in chosen),
            user=principal.account.login,
            state=wish.state,
            comment=wish.comment,
            created_at=github.now(),
        )
    )
    for listener in github.review_listeners:
        listener(run.id)
    return jobs
