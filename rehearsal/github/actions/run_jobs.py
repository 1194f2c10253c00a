"""One run: which jobs it has, when each may start, and what became of it."""

import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rehearsal.github.actions.actions_policy import check_actions
from rehearsal.github.actions.expression_parser import ExpressionError
from rehearsal.github.actions.expressions import Expressions
from rehearsal.github.actions.job_files import find_actions
from rehearsal.github.actions.run_context import contexts
from rehearsal.github.actions.workflow import JobPlan, WorkflowFile, read_workflow
from rehearsal.github.actions.workflow_yaml import WorkflowError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Job, Repository, Run

DEFAULT_TIMEOUT_MINUTES = 360.0


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run with its checked workflow and the contexts that its expressions see."""

    repository: Repository
    run: Run
    workflow: WorkflowFile
    jobs: dict[str, JobPlan]
    contexts: dict[str, Any]


def plan_run(github: LocalGitHub, run: Run, actions: Path) -> RunPlan:
    """Read the workflow of a run and check everything that can be checked before it starts.

    Raises:
        WorkflowError: the workflow is wrong, or needs what is not modelled.
    """
    repository = github.store.get(Repository, run.repository_id)
    content = github.git(repository).file(run.sha, run.path) if repository else None
    if repository is None or content is None:
        raise WorkflowError(f"{run.path} does not exist at {run.sha}.")
    workflow = read_workflow(run.path, content)
    jobs = workflow.jobs()
    check_actions(github.access.account(repository.owner), repository, jobs.values())
    for plan in jobs.values():
        find_actions(plan, actions)
    known = contexts(github, repository, run, workflow.inputs)
    return RunPlan(repository, run, workflow, jobs, known)


def create_jobs(github: LocalGitHub, plan: RunPlan) -> dict[str, Job]:
    """Record the jobs of a run, queued; those of a run that went on waiting are there already."""
    known = github.store.select(Job, run_id=plan.run.id, attempt=plan.run.attempt)
    jobs = {job.key: job for job in known}
    for key, job in plan.jobs.items():
        if key in jobs:
            continue
        labels = job.source["runs-on"]
        record = Job(
            id=github.store.next_id("Job"),
            run_id=plan.run.id,
            repository_id=plan.repository.id,
            key=key,
            name=str(job.source.get("name") or key),
            labels=tuple(map(str, labels)) if isinstance(labels, list) else (str(labels),),
            tracking_id=f"github_{uuid.uuid4()}",
            created_at=github.now(),
            attempt=plan.run.attempt,
        )
        jobs[key] = github.store.put(record)
    return jobs


def expressions(
    plan: RunPlan, job: JobPlan, done: dict[str, Job], *, is_cancelled: bool = False
) -> Expressions:
    """The language as a job's own settings see it."""
    needed = {key: done[key] for key in job.needs}
    results = {str(record.conclusion) for record in _upstream(plan, job, done)}
    status = "success"
    if results & {"failure", "skipped"}:
        status = "failure" if "failure" in results else "skipped"
    if is_cancelled or "cancelled" in results:
        status = "cancelled"
    needs = {
        key: {"result": str(record.conclusion), "outputs": record.outputs}
        for key, record in needed.items()
    }
    return Expressions(plan.contexts | {"needs": needs}, status)


def concurrency_of(
    source: object, language: Expressions, repository: Repository
) -> tuple[str, bool] | None:
    """The concurrency group that a workflow or a job joins, and whether it cancels others."""
    if not source:
        return None
    spec = source if isinstance(source, dict) else {"group": source}
    group = language.text(spec.get("group", "")).lower()
    cancel = language.text(spec.get("cancel-in-progress", False)) == "true"
    return f"{repository.id}:{group}", cancel


def timeout_seconds(job: JobPlan, language: Expressions) -> float:
    """How long a job may run.

    Raises:
        ExpressionError: ``timeout-minutes`` is not a number.
    """
    text = language.text(job.source.get("timeout-minutes", DEFAULT_TIMEOUT_MINUTES))
    try:
        return float(text) * 60
    except ValueError as error:
        raise ExpressionError(f"timeout-minutes of {job.key} is `{text}`, not a number.") from error


def conclude(jobs: dict[str, Job]) -> str:
    """The conclusion of a run from those of its jobs."""
    found = {job.conclusion for job in jobs.values()}
    for worst in ("failure", "cancelled"):
        if worst in found:
            return worst
    return "skipped" if found == {"skipped"} else "success"


def finished(job: Job, conclusion: str, now: str, **changes: Any) -> Job:
    """A job record at its end."""
    started = job.started_at or now
    return replace(
        job,
        status="completed",
        conclusion=conclusion,
        started_at=started,
        completed_at=now,
        **changes,
    )


def _upstream(plan: RunPlan, job: JobPlan, done: dict[str, Job]) -> list[Job]:
    """Every job that must have gone well: needs, and what those need."""
    keys, wanted = set(), list(job.needs)
    while wanted:
        key = wanted.pop()
        if key not in keys:
            keys.add(key)
            wanted += plan.jobs[key].needs
    return [done[key] for key in keys]
