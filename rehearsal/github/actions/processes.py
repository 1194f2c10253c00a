"""Finds and ends the processes of a job, also those that moved into sessions of their own.

Every process of a job inherits ``RUNNER_TRACKING_ID``, as with GitHub's own runner.
"""

import contextlib
import time
from collections.abc import Iterable, Sequence

import psutil

MARKER = "RUNNER_TRACKING_ID"
_TIMES_TO_LOOK = 20
_PAUSE_SECONDS = 0.05


def tracked(tracking_ids: Iterable[str]) -> list[psutil.Process]:
    """Running processes whose environment carries one of the ids."""
    wanted = set(tracking_ids)
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARKER) in wanted and process.status() != "zombie":
                found.append(process)
    return found


def end_all(tracking_ids: Iterable[str]) -> None:
    """Kill every tracked process, and those that they start meanwhile."""
    wanted = set(tracking_ids)
    for _ in range(_TIMES_TO_LOOK):
        alive = tracked(wanted) if wanted else []
        if not alive:
            return
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(_PAUSE_SECONDS)


def descendants(pid: int) -> list[psutil.Process]:
    """What a process started and what that started; nothing if it has ended."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def end_within(
    processes: Sequence[psutil.Process], *, interrupt_seconds: float, terminate_seconds: float
) -> None:
    """Wait for processes that were interrupted, then terminate them, then kill them."""
    _, alive = psutil.wait_procs(processes, timeout=interrupt_seconds)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(alive, timeout=terminate_seconds)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
