"""Programs that the rehearsal starts, found again and ended with whatever they started.

Each is started in a session of its own. What moves on into further sessions, or outlives whoever
started it, is found by a variable of its environment, which every child inherits.
"""

import contextlib
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

_TIMES_TO_LOOK = 20
_PAUSE_SECONDS = 0.05


def start(
    argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """Start a program that reads nothing; both output streams go to the end of its log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            argv,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def descendants(pid: int) -> list[psutil.Process]:
    """What a process started and what that started; nothing if it has ended."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def end(
    processes: Sequence[psutil.Process], *, wait_seconds: float = 0, terminate_seconds: float = 0
) -> None:
    """Wait for processes to end by themselves, then terminate them, then kill them."""
    _, alive = psutil.wait_procs(processes, timeout=wait_seconds)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(alive, timeout=terminate_seconds)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()


def end_marked(variable: str, is_ours: Callable[[str], bool]) -> None:
    """Kill every process whose variable has a value of ours, and what those start meanwhile."""
    for _ in range(_TIMES_TO_LOOK):
        alive = _marked(variable, is_ours)
        if not alive:
            return
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(_PAUSE_SECONDS)


def _marked(variable: str, is_ours: Callable[[str], bool]) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            value = process.environ().get(variable)
            if value is not None and is_ours(value) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
