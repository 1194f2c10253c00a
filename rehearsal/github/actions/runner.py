"""The Actions runner: takes queued runs, orders their jobs, and ends what must end."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from rehearsal.github.actions.concurrency import ConcurrencyGroups, Ticket, first_of
from rehearsal.github.actions.deployment_gate import DeploymentGate
from rehearsal.github.actions.expression_parser import ExpressionError
from rehearsal.github.actions.expressions import Expressions
from rehearsal.github.actions.job_execution import JobExecutor, JobTurn
from rehearsal.github.actions.oidc import Issuer
from rehearsal.github.actions.run_jobs import (
    conclude,
    concurrency_of,
    create_jobs,
    expressions,
    plan_run,
    timeout_seconds,
)
from rehearsal.github.actions.run_records import (
    CANCELLED,
    ActiveRun,
    close_interrupted,
    end_job,
    end_run,
    note,
    save_job,
    save_run,
    settle_run,
    waiting_runs,
)
from rehearsal.github.actions.workflow import JobPlan
from rehearsal.github.actions.workflow_yaml import WorkflowError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Run
from rehearsal.github.core.settings import RunnerMachine

LOG = logging.getLogger("rehearsal.github.actions.runner")


class Runner:
    """Runs workflows with act; lives in the server's event loop."""

    def __init__(
        self, github: LocalGitHub, issuer: Issuer, machine: RunnerMachine, actions: Path
    ) -> None:
        self._github = github
        self._actions = actions
        self._executor = JobExecutor(github, issuer, machine, actions)
        self._gate = DeploymentGate(github)
        self._groups = ConcurrencyGroups()
        self._active: dict[int, ActiveRun] = {}
        self._called_off: set[int] = set()  # before they were active
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    def start(self) -> None:
        """Close what a killed server left open, let waiting runs wait on, then listen for runs."""
        close_interrupted(self._github)
        self._executor.clear()
        for run in waiting_runs(self._github):
            self._spawn(run.id)
        self._github.run_listeners.append(_on_this_loop(self._spawn))
        self._github.cancel_listeners.append(_on_this_loop(self._cancel))
        self._github.review_listeners.append(_on_this_loop(self._review))

    async def stop(self) -> None:
        """End every run; their records say why."""
        self._stopping = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await run_in_threadpool(close_interrupted, self._github)

    def _cancel(self, run_id: int) -> None:
        if run_id in self._active:
            self._active[run_id].cancel(CANCELLED)
        else:
            self._called_off.add(run_id)

    def _review(self, run_id: int) -> None:
        """Look again at what waits for a review."""
        if run_id in self._active:
            self._active[run_id].note_review()

    def _spawn(self, run_id: int) -> None:
        if self._stopping:
            return
        self._called_off.discard(run_id)
        task = asyncio.ensure_future(self._run(run_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_log_failure)

    async def _run(self, run_id: int) -> None:
        run = self._github.store.get(Run, run_id)
        if run is None:
            return
        try:
            plan = await run_in_threadpool(plan_run, self._github, run, self._actions)
            language = Expressions(plan.contexts)
            source = plan.workflow.source
            group = concurrency_of(source.get("concurrency"), language, plan.repository)
            language.text(source.get("run-name"))  # the run has it already, unless it is wrong
        except (WorkflowError, ExpressionError) as error:
            LOG.warning("run %s of %s cannot start: %s", run.id, run.path, error)
            end_run(self._github, run, "startup_failure", str(error))
            return
        jobs = create_jobs(self._github, plan)
        if run_id in self._called_off:
            end_run(self._github, run, "cancelled", CANCELLED)
            return
        active = ActiveRun(plan, jobs)
        self._active[run_id] = active
        try:
            work = self._all_jobs(active)
            waits = partial(save_run, self._github, run, status="pending")
            await self._in_group(group, active.cancelled, active.cancel, work, waits)
        except asyncio.CancelledError:
            raise  # the server stops; close_interrupted says so in the records
        except BaseException:
            end_run(self._github, run, "failure", "The runner failed; the server's log tells why.")
            raise
        finally:
            del self._active[run_id]
        stopped = active.cancelled.is_set()
        conclusion = "cancelled" if stopped else conclude(active.jobs)
        end_run(self._github, run, conclusion, active.reason if stopped else None)

    async def _in_group(
        self,
        group: tuple[str, bool] | None,
        cancelled: asyncio.Event,
        cancel: Callable[[str], None],
        work: Coroutine[Any, Any, None],
        waits: Callable[[], None] = lambda: None,
    ) -> None:
        """Do the work when its concurrency group lets it, unless it is cancelled before.

        At once if it has no group; ``waits`` is called if it has to wait.
        """
        if group is None:
            await work
            return
        name, cancel_in_progress = group
        ticket = Ticket(cancel)
        self._groups.join(name, ticket, cancel_in_progress=cancel_in_progress)
        try:
            if not ticket.turn.is_set():
                waits()
            await first_of(ticket.turn, cancelled)
            if ticket.turn.is_set():
                await work
        finally:
            work.close()
            self._groups.leave(name, ticket)

    async def _all_jobs(self, active: ActiveRun) -> None:
        settle_run(self._github, active)  # it is its turn, should it have waited
        ended = {key: asyncio.Event() for key in active.plan.jobs}

        async def one(key: str) -> None:
            if active.jobs[key].status == "completed":  # before a restart
                ended[key].set()
                return
            for needed in active.plan.jobs[key].needs:
                await ended[needed].wait()
            try:
                await self._job(active, key)
            finally:
                ended[key].set()

        async with asyncio.TaskGroup() as jobs:
            for key in active.plan.jobs:
                jobs.create_task(one(key))

    async def _job(self, active: ActiveRun, key: str) -> None:
        plan, record = active.plan.jobs[key], active.jobs[key]
        try:
            stopped = active.cancelled.is_set()
            language = expressions(active.plan, plan, active.jobs, is_cancelled=stopped)
            if not language.condition(plan.source.get("if")):
                end_job(self._github, active, record, "cancelled" if stopped else "skipped")
                return
            named = replace(
                record,
                name=language.text(record.name),
                environment=language.text(plan.environment),
            )
            record = save_job(self._github, active, named)
            group = concurrency_of(plan.source.get("concurrency"), language, active.plan.repository)
            timeout = timeout_seconds(plan, language)
        except ExpressionError as error:
            note(self._github, record, f"##[error]{error}")
            end_job(self._github, active, record, "failure")
            return
        cancelled = asyncio.Event()
        linked = asyncio.ensure_future(_link(active, plan, cancelled))
        turn = JobTurn(active, record, cancelled, timeout)
        try:
            work = self._when_open(turn)
            await self._in_group(group, cancelled, lambda _reason: cancelled.set(), work)
            if active.jobs[key].status != "completed":  # cancelled while it waited for its group
                note(self._github, record, active.reason)
                end_job(self._github, active, active.jobs[key], "cancelled")
        finally:
            linked.cancel()
            settle_run(self._github, active)

    async def _when_open(self, turn: JobTurn) -> None:
        """Run a job when the rules of its environment are met; until then it holds no runner.

        It does hold its concurrency group: a job that waits for a review is in progress there.
        Source: https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/control-deployments
        """
        job = await self._gate.passed(turn.active, turn.job, turn.cancelled)
        if job is not None:
            await self._executor.execute(replace(turn, job=job))


def _on_this_loop(act: Callable[[int], None]) -> Callable[[int], None]:
    """The same, to be called from any thread."""
    loop = asyncio.get_running_loop()

    def call(run_id: int) -> None:
        loop.call_soon_threadsafe(act, run_id)

    return call


async def _link(active: ActiveRun, plan: JobPlan, cancelled: asyncio.Event) -> None:
    """Cancel a job with its run, unless its condition holds even so."""
    await active.cancelled.wait()
    language = expressions(active.plan, plan, active.jobs, is_cancelled=True)
    if not language.condition(plan.source.get("if")):
        cancelled.set()


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        LOG.error("a run ended unexpectedly", exc_info=task.exception())
