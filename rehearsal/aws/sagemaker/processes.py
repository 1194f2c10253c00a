"""Processes of containers: started in their own session, marked on disk, ended without remains.

A mark (`<folder>/process.json`) holds the process id and the time at which the kernel started it.
After the server was killed, the next one ends exactly the processes whose marks still fit.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

MARK = "process.json"
_GRACE_SECONDS = 2.0


class ContainerProcess:
    """One running process with its children."""

    def __init__(self, argv: list[str], environment: dict[str, str], folder: Path, log: Path):
        """Start it; both output streams go to the log."""
        self._mark = folder / MARK
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                argv,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        mark = {"pid": self._process.pid, "started": _start_time(self._process.pid)}
        self._mark.write_text(json.dumps(mark))

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def wait(self, timeout_seconds: float) -> bool:
        """Whether it ended within the time."""
        try:
            self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> None:
        """Ask it to stop, then kill what is left of its session."""
        _signal_group(self._process.pid, signal.SIGTERM)
        self.wait(_GRACE_SECONDS)
        _signal_group(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._mark.unlink(missing_ok=True)


def end_orphans(folders: Iterable[Path]) -> list[int]:
    """End the processes that a killed server left running; answers their ids."""
    ended = []
    for folder in folders:
        mark = folder / MARK
        with contextlib.suppress(OSError, ValueError, KeyError):
            content = json.loads(mark.read_text())
            if _start_time(content["pid"]) == content["started"] is not None:
                _signal_group(content["pid"], signal.SIGKILL)
                _wait_until_gone(content["pid"])
                ended.append(content["pid"])
        mark.unlink(missing_ok=True)
    return ended


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + _GRACE_SECONDS
    while time.monotonic() < deadline and _start_time(pid) is not None:
        time.sleep(0.02)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _start_time(pid: int) -> str | None:
    """When the process started, as the system tells it; None when there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            return stat.read_text().rsplit(")", 1)[-1].split()[19]
        except OSError:
            return None
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None
