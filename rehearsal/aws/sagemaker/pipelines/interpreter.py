"""Executes a pipeline: starts each step when what it needs is there, in parallel where it can.

Stages: resolve parameters and variables, run steps until none can start, tell the outcome. After a
failure no further step starts; steps that already run come to their end, as on AWS.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from rehearsal.aws.sagemaker.object_store import DataTransferError
from rehearsal.aws.sagemaker.pipelines.definition import Definition, Step
from rehearsal.aws.sagemaker.pipelines.expressions import ExpressionError, Values
from rehearsal.aws.sagemaker.pipelines.progress import Progress
from rehearsal.aws.sagemaker.pipelines.step_cache import StepCache
from rehearsal.aws.sagemaker.pipelines.steps import (
    StepFailedError,
    StepResult,
    StepRunner,
    StepStoppedError,
)

_FAILED = "Step failure: One or multiple steps failed."


@dataclass(eq=False)
class PipelineRun:
    """One execution, with what it is given."""

    definition: Definition
    values: Values
    runner: StepRunner
    cache: StepCache
    progress: Progress
    parallel_steps: int

    def __post_init__(self) -> None:
        self._outcomes: dict[str, bool | None] = {}
        self._waiting = dict(self.definition.steps)
        self._skipped: set[str] = set()
        self._stop = threading.Event()
        self._failed = False

    def start(self, on_end: Callable[[], object]) -> None:
        """Execute on a thread of its own."""

        def work() -> None:
            status, reason = "Failed", "InternalServerError: see the log of the local AWS."
            try:
                status, reason = self._execute()
            finally:
                on_end()
                self.progress.ended(status, reason or None)

        threading.Thread(target=work, name="pipeline-execution").start()

    def stop(self) -> None:
        """Start no more steps and end the running jobs."""
        self._stop.set()
        self.runner.stop()

    def _execute(self) -> tuple[str, str]:
        """Run all steps; answers the status and, of a failure, the reason."""
        self.progress.executing()
        with ThreadPoolExecutor(self.parallel_steps) as pool:
            running: dict[Future[StepResult | None], Step] = {}
            while True:
                self._start_ready_steps(pool, running)
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    self._finish(running.pop(future), future)
        if self._stop.is_set():
            return "Stopped", ""
        return ("Failed", _FAILED) if self._failed else ("Succeeded", "")

    def _start_ready_steps(
        self, pool: ThreadPoolExecutor, running: dict[Future[StepResult | None], Step]
    ) -> None:
        self._skip_unreachable()
        if self._failed or self._stop.is_set():
            return
        for name, step in list(self._waiting.items()):
            if step.needs <= set(self._outcomes):
                del self._waiting[name]
                running[pool.submit(self._run_step, step)] = step

    def _skip_unreachable(self) -> None:
        """Skip the branches that were not taken, and what depends on them."""
        found = True
        while found:
            lost = [name for name, step in self._waiting.items() if self._is_unreachable(step)]
            for name in lost:
                del self._waiting[name]
            self._skipped.update(lost)
            found = bool(lost)

    def _is_unreachable(self, step: Step) -> bool:
        branch = step.branch
        if branch and self._outcomes.get(branch.condition, branch.outcome) is not branch.outcome:
            return True
        return bool(step.needs & self._skipped)

    def _run_step(self, step: Step) -> StepResult | None:
        """The result; None when the step failed or was stopped, which is told to `progress`."""
        progress, values = self.progress, self.values
        progress.step_started(step)
        try:
            found = self.cache.find(step, values)
            if found:
                result, source = found
                progress.step_ended(step, "Succeeded", result.metadata, cache_source=source)
                return result
            result = self.runner.run(
                step, values, lambda metadata: progress.step_metadata(step, metadata)
            )
            self.cache.keep(step, values, result, progress.execution_arn)
        except StepStoppedError:
            progress.step_ended(step, "Stopped")
            return None
        except (StepFailedError, ExpressionError, DataTransferError) as error:
            progress.step_ended(step, "Failed", reason=str(error))
            return None
        progress.step_ended(step, "Succeeded", result.metadata)
        return result

    def _finish(self, step: Step, future: Future[StepResult | None]) -> None:
        result = future.result()
        if result is None:
            self._failed = True
            return
        values = self.values
        values.properties[step.name] = result.properties
        for name, uri in result.property_files.items():
            values.property_files[step.name, name] = uri
        self._outcomes[step.name] = result.outcome
