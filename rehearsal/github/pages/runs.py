"""What the pages show of runs: jobs, steps, logs, and the reviews of environments."""

from collections.abc import Iterator
from typing import Any

from rehearsal.github.actions.reviews import Pending, pending_deployments
from rehearsal.github.actions.run_records import log_path
from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Approval, Environment, Job, Repository, Run, Team
from rehearsal.github.pages.log_lines import read_log
from rehearsal.github.pages.shown import part_of
from rehearsal.github.repositories.environments import find_reviewer


def show_runs(github: LocalGitHub, repository: Repository, asked: dict[str, Any]) -> dict[str, Any]:
    """Runs of every workflow, newest first."""
    part = part_of(github.store.newest(Run, repository_id=repository.id), asked)
    return {"part": part, "is_live": any(run.status != "completed" for run in part.items)}


def show_run(github: LocalGitHub, repository: Repository, asked: dict[str, Any]) -> dict[str, Any]:
    """A run, its jobs with their steps, and what was said about its deployments."""
    run = _find_run(github, repository, asked["run"])
    jobs = github.store.select(Job, run_id=run.id)
    waiting = pending_deployments(github, repository, run)
    return {
        "run": run,
        "jobs": [job for job in jobs if job.attempt == run.attempt],
        "earlier_jobs": [job for job in jobs if job.attempt != run.attempt],
        "pending": [(one, list(_reviewers(github, repository, one))) for one in waiting],
        "approvals": [
            (approval, _environment_names(github, approval))
            for approval in github.store.select(Approval, run_id=run.id)
        ],
        "is_live": run.status != "completed",
    }


def show_job(github: LocalGitHub, repository: Repository, asked: dict[str, Any]) -> dict[str, Any]:
    """A job, its steps, and the end of its log, up to now."""
    run = _find_run(github, repository, asked["run"])
    job = github.store.get(Job, asked["job"])
    if job is None or job.run_id != run.id:
        raise NotFoundError
    lines, is_cut = read_log(log_path(github, job.id), job.steps)
    return {
        "run": run,
        "job": job,
        "lines": lines,
        "is_cut": is_cut,
        "begun": {line.step for line in lines},
        "is_live": job.status != "completed",
    }


def show_deployments(
    github: LocalGitHub, repository: Repository, asked: dict[str, Any]
) -> dict[str, Any]:
    """Environments, and the jobs that deployed to them or to one of them, newest first."""
    environments = github.store.select(Environment, repository_id=repository.id)
    chosen = str(asked.get("environments_filter", ""))
    jobs = [
        job
        for job in github.store.newest(Job, repository_id=repository.id)
        if job.environment and chosen.lower() in {"", job.environment.lower()}
    ]
    part = part_of(jobs, asked)
    runs = {job.run_id: github.store.get(Run, job.run_id) for job in part.items}
    return {
        "environments": environments,
        "chosen": chosen,
        "part": part,
        "runs": runs,
        "is_live": any(job.status != "completed" for job in part.items),
    }


def _find_run(github: LocalGitHub, repository: Repository, number: int) -> Run:
    run = github.store.get(Run, number)
    if run is None or run.repository_id != repository.id:
        raise NotFoundError
    return run


def _reviewers(github: LocalGitHub, repository: Repository, pending: Pending) -> Iterator[str]:
    """Whose approval would do; a team's name stands before its organization's, as in mentions."""
    owner = github.access.account(repository.owner)
    for reviewer in pending.environment.reviewers:
        found = find_reviewer(github, owner, reviewer)
        if isinstance(found, Team):
            yield f"{owner.login}/{found.slug}"
        elif found is not None:
            yield found.login


def _environment_names(github: LocalGitHub, approval: Approval) -> str:
    found = [github.store.get(Environment, id_) for id_ in approval.environment_ids]
    return ", ".join(one.name if one else "an environment since deleted" for one in found)
