"""One job from its turn to its end: admission, act, log, outputs."""

import asyncio
import secrets
import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rehearsal.github.actions.act import ActProcess, JobTimeoutError
from rehearsal.github.actions.actions_policy import runner_refusal
from rehearsal.github.actions.job_files import JobRequest, read_outputs, unexpected_inputs
from rehearsal.github.actions.job_log import JobLog
from rehearsal.github.actions.masking import Masking
from rehearsal.github.actions.oidc import Issuer
from rehearsal.github.actions.run_context import job_environment, literals, values_for_job
from rehearsal.github.actions.run_jobs import RunPlan
from rehearsal.github.actions.run_records import (
    ActiveRun,
    end_job,
    log_path,
    note,
    save_job,
    save_run,
)
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Job, Secret, Variable
from rehearsal.github.core.settings import RunnerMachine
from rehearsal.github.repositories.environments import ensure_environment


@dataclass(frozen=True, slots=True)
class JobTurn:
    """A job whose needs are met, and what may end it early."""

    active: ActiveRun
    job: Job
    cancelled: asyncio.Event
    timeout_seconds: float


class JobExecutor:
    """Executes jobs, as many at once as the machine has places, each with a folder of its own."""

    def __init__(
        self, github: LocalGitHub, issuer: Issuer, machine: RunnerMachine, actions: Path
    ) -> None:
        self._github = github
        self._issuer = issuer
        self._machine = machine
        self._actions = actions
        self._act = ActProcess(machine)
        self._work = github.state_dir / "runners"
        self._free = asyncio.PriorityQueue[int]()
        for place in range(1, machine.jobs_at_once + 1):
            self._free.put_nowait(place)

    def clear(self) -> None:
        """Remove what the jobs of a killed server left."""
        shutil.rmtree(self._work, ignore_errors=True)

    async def execute(self, turn: JobTurn) -> None:
        """Run a job, when there is a place for it, and record its end."""
        repository = turn.active.plan.repository
        owner = self._github.access.account(repository.owner)
        refusal = runner_refusal(owner, repository, turn.job)
        if refusal is not None:
            end_job(self._github, turn.active, turn.job, "failure", problem=refusal)
            return
        place = await self._place(turn)
        try:
            if place is None or turn.cancelled.is_set():
                note(self._github, turn.job, turn.active.reason)
                end_job(self._github, turn.active, turn.job, "cancelled")
                return
            started = replace(turn.job, status="in_progress", started_at=self._github.now())
            job = save_job(self._github, turn.active, started)
            save_run(self._github, turn.active.plan.run, status="in_progress")
            # Fixed, as on a machine that runs one job after the other: what names paths, such as
            # Python's byte code, is the next one's too.
            folder = self._work / str(place) / repository.name
            request = self._admit(turn.active, job)
            try:
                await self._run(turn, request, folder)
            finally:
                self._dismiss(request, folder)
        finally:
            if place is not None:
                self._free.put_nowait(place)

    async def _place(self, turn: JobTurn) -> int | None:
        """Wait for a place, or until the job is cancelled; an offline runner has no places."""
        place = asyncio.ensure_future(self._free.get())
        cancelled = asyncio.ensure_future(turn.cancelled.wait())
        try:
            await asyncio.wait({place, cancelled}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            cancelled.cancel()
            if not place.done():
                place.cancel()
        return place.result() if place.done() and not place.cancelled() else None

    def _admit(self, active: ActiveRun, record: Job) -> JobRequest:
        """Give a job its token, its secrets and, if it may, its way to the OIDC issuer."""
        github, plan = self._github, active.plan
        job, runner_name = plan.jobs[record.key], self._machine.name
        token = f"ghs_{secrets.token_hex(20)}"
        if record.environment:
            ensure_environment(github, plan.repository, record.environment)
        github.access.admit_job(token, plan.repository.id, job.permissions)
        environment = job_environment(plan.contexts["github"], record, runner_name)
        if job.permissions.get("id-token") == "write":
            environment |= self._issuer.admit(plan.repository, plan.run, record)
        hidden = values_for_job(github, Secret, plan.repository.id)
        return JobRequest(
            workflow=plan.workflow,
            plan=job,
            job=record,
            needed={key: active.jobs[key] for key in job.needs},
            payload=plan.run.payload,
            environment=environment,
            literals=literals(plan.contexts["github"], runner_name),
            secrets=hidden | {"GITHUB_TOKEN": token},
            variables=values_for_job(github, Variable, plan.repository.id),
            actions=self._actions,
        )

    def _dismiss(self, request: JobRequest, folder: Path) -> None:
        """Take everything away from an ended job, its files too; only its log stays."""
        self._github.access.dismiss_job(request.secrets["GITHUB_TOKEN"])
        self._issuer.dismiss(request.job.id)
        if folder.exists():
            # Packages are thousands of files: removed beside the loop, out of the next job's way.
            left = folder.rename(folder.with_name(f"{folder.name}.{request.job.id}"))
            remove = partial(shutil.rmtree, left, ignore_errors=True)
            asyncio.get_running_loop().run_in_executor(None, remove)

    async def _run(self, turn: JobTurn, request: JobRequest, folder: Path) -> None:
        masking = Masking()
        for value in request.hidden:
            masking.add(value)
        log = self._open_log(request.job, turn.active.plan, masking)

        def on_step() -> None:
            current = turn.active.jobs[request.job.key]
            save_job(self._github, turn.active, replace(current, steps=tuple(log.steps)))

        outputs: dict[str, str] = {}
        try:
            conclusion = await self._act.run(
                request,
                folder,
                log,
                cancelled=turn.cancelled,
                timeout_seconds=turn.timeout_seconds,
                on_step=on_step,
            )
            outputs = _public_outputs(read_outputs(request, folder), masking, log)
        except JobTimeoutError:
            conclusion = "cancelled"
            log.write(
                f"##[error]The job running on runner {self._machine.name} has exceeded the "
                f"maximum execution time of {turn.timeout_seconds / 60:g} minutes."
            )
        finally:
            if turn.cancelled.is_set():
                log.write(f"##[error]The operation was canceled. {turn.active.reason}")
            log.close()
        current = turn.active.jobs[request.job.key]
        steps = tuple(log.steps)
        end_job(self._github, turn.active, current, conclusion, steps=steps, outputs=outputs)

    def _open_log(self, job: Job, plan: RunPlan, masking: Masking) -> JobLog:
        job_plan = plan.jobs[job.key]
        log = JobLog(log_path(self._github, job.id), job_plan, masking, self._github.clock)
        permissions = {k: v for k, v in job_plan.permissions.items() if v != "none"}
        log.write(
            f"Job {job.key} of {plan.workflow.name}, run {plan.run.id}\n"
            f"Commit {plan.run.sha} of {plan.run.ref}\n"
            f"GITHUB_TOKEN permissions: {permissions}"
        )
        for text in plan.workflow.notes:
            log.write(f"##[notice]{text}")
        for text in unexpected_inputs(job_plan, self._actions):
            log.write(f"##[warning]{text}")
        return log


def _public_outputs(outputs: dict[str, str], masking: Masking, log: JobLog) -> dict[str, str]:
    """Outputs without those that hold a secret, as on GitHub."""
    shown = {}
    for name, value in outputs.items():
        if masking.hide(value) != value:
            log.write(f"##[warning]Skip output '{name}' since it may contain secret.")
        else:
            shown[name] = value
    return shown
