"""Keeps the records of runs and jobs true while they run, end, or are cut off."""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rehearsal.github.actions.act import end_jobs
from rehearsal.github.actions.run_jobs import RunPlan, finished
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Job, Run

STOPPED = "The server stopped while this was running."
CANCELLED = "The run was cancelled."


@dataclass(slots=True)
class ActiveRun:
    """A run under way; setting ``cancelled`` ends its jobs.

    ``reviewed`` is set, and replaced, each time that somebody reviews a deployment of the run.
    """

    plan: RunPlan
    jobs: dict[str, Job]
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    reviewed: asyncio.Event = field(default_factory=asyncio.Event)
    reason: str = CANCELLED

    def cancel(self, reason: str) -> None:
        """End the run, and remember why."""
        self.reason = reason
        self.cancelled.set()

    def note_review(self) -> None:
        """Let jobs that wait for a review look again."""
        awaited, self.reviewed = self.reviewed, asyncio.Event()
        awaited.set()


def log_path(github: LocalGitHub, job_id: int) -> Path:
    """Where the log of a job lies."""
    return github.state_dir / "logs" / f"{job_id}.txt"


def note(github: LocalGitHub, job: Job, text: str) -> None:
    """Add a line to the log of a job that does not run."""
    path = log_path(github, job.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        log.write(f"{github.now()} {text}\n")


def save_job(github: LocalGitHub, active: ActiveRun, job: Job) -> Job:
    """Keep a job, unless its repository was deleted meanwhile."""
    active.jobs[job.key] = job
    with github.store.lock:
        return github.store.put(job) if github.store.get(Job, job.id) else job


def end_job(
    github: LocalGitHub, active: ActiveRun, job: Job, conclusion: str, **changes: Any
) -> None:
    """Record the end of a job."""
    save_job(github, active, finished(job, conclusion, github.now(), **changes))


def save_run(github: LocalGitHub, run: Run, **changes: Any) -> None:
    """Change a run's record, unless its repository was deleted meanwhile."""
    with github.store.lock:
        fresh = github.store.get(Run, run.id)
        if fresh is not None:
            github.store.put(replace(fresh, updated_at=github.now(), **changes))


def end_run(github: LocalGitHub, run: Run, conclusion: str, problem: str | None) -> None:
    """Record the end of a run; jobs still open end in the same way."""
    for job in github.store.select(Job, run_id=run.id):
        if job.status != "completed":
            github.store.put(finished(job, conclusion, github.now()))
    save_run(github, run, status="completed", conclusion=conclusion, problem=problem)


def settle_run(github: LocalGitHub, active: ActiveRun) -> None:
    """Let a run's status say whether something in it works, or only waits for a review."""
    found = {job.status for job in active.jobs.values()}
    status = "in_progress" if found & {"in_progress", "completed"} else "queued"
    if "waiting" in found and "in_progress" not in found:
        status = "waiting"
    save_run(github, active.plan.run, status=status)


def waiting_runs(github: LocalGitHub) -> list[Run]:
    """Runs of which nothing works, because a deployment waits for its environment's rules."""
    working = {job.run_id for job in github.store.select(Job, status="in_progress")}
    return [run for run in github.store.select(Run, status="waiting") if run.id not in working]


def close_interrupted(github: LocalGitHub) -> None:
    """End the processes of unfinished jobs and say in the records what happened.

    Runs that wait for a review lose nothing and are left waiting.
    """
    waiting = {run.id for run in waiting_runs(github)}
    runs = [run for run in github.store.select(Run) if run.id not in waiting]
    jobs = [job for job in github.store.select(Job) if job.run_id not in waiting]
    open_jobs = [job for job in jobs if job.status != "completed"]
    end_jobs(job.tracking_id for job in open_jobs)
    for job in open_jobs:
        note(github, job, f"##[error]{STOPPED}")
    for run in runs:
        if run.status != "completed":
            end_run(github, run, "cancelled", STOPPED)
