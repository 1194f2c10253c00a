"""Programs that the rehearsal starts, found again and ended with whatever they started.

Each is started in a session of its own. What moves on into further sessions, or outlives whoever
started it, is found by a variable of its environment, which every child inherits.
"""

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

_TIMES_TO_LOOK = 20
_PAUSE_SECONDS = 0.05
_LOOK_SECONDS = 0.01
# A killed process ends at once, or hangs in the kernel.
_KILL_SECONDS = 2.0


def free_port() -> int:
    """Ask the operating system for a loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
    alive = _wait(processes, wait_seconds)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    alive = _wait(alive, terminate_seconds)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    _wait(alive, _KILL_SECONDS)


def _wait(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until processes have ended, and return those that have not.

    Who has ended and was not yet collected by its parent counts as ended: with some inits that
    takes two seconds.
    """
    deadline = time.monotonic() + seconds
    while alive := [process for process in processes if _is_alive(process)]:
        if time.monotonic() >= deadline:
            break
        time.sleep(_LOOK_SECONDS)
    return alive


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


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
