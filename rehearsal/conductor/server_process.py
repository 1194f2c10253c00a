"""A server of the rehearsal as an operating-system process that can be found again.

It is known by its command line, which names the folder of its state and its port. That is written
down before it starts, so a server is found whatever ended the program that started it.
"""

import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from rehearsal.conductor.errors import PortInUseError, RehearsalError, StoodStillError
from rehearsal.conductor.waiting import (
    SHORTEST_PAUSE_SECONDS,
    Sight,
    Stillness,
    look_until_still,
)
from rehearsal.conductor.waiting.patience import SERVER_STILL_SECONDS
from rehearsal.processes import descendants, end, start

_STOP_SECONDS = 15.0
_HEALTH = "/_rehearsal/health"


@dataclass(frozen=True)
class ServerProcess:
    """A server that was started, or was about to be.

    Args:
        name: for people.
        argv: its whole command line; no other process has the same.
    """

    name: str
    argv: list[str]

    def is_running(self) -> bool:
        """Tell whether the process is alive."""
        return self.find() is not None

    def stop(self) -> None:
        """Ask the process to end cleanly, then end whatever is left of its family."""
        process = self.find()
        if process is None:
            return
        family = descendants(process.pid)
        end([process], terminate_seconds=_STOP_SECONDS)
        end(family)

    def find(self) -> psutil.Process | None:
        """Look for the process; None if it is not alive."""
        # Python may be started by a launcher that has another name.
        wanted = self.argv[1:]
        for process in psutil.process_iter(["cmdline"]):
            if (process.info["cmdline"] or [])[1:] == wanted:
                return process
        return None

    def start(
        self, port: int, cwd: Path, env: Mapping[str, str], log: Path, health: str = _HEALTH
    ) -> None:
        """Start the process and wait until it answers at the path that tells its health.

        Raises:
            PortInUseError: the port is taken.
            RehearsalError: it ended, or neither answered nor wrote; its log says why.
        """
        require_free_port(port, server=self.name)
        child = start(self.argv, cwd=cwd, env=env, log=log)
        try:
            _wait_until_healthy(child, self.name, f"http://127.0.0.1:{port}{health}", log)
        except BaseException:
            self.stop()
            raise
        finally:
            # The server outlives this object on purpose; told that it has ended, Popen does not
            # warn of a child that was forgotten.
            child.returncode = child.poll() or 0


def require_free_port(port: int, *, server: str) -> None:
    """Check that nobody listens on a port.

    Raises:
        PortInUseError: end the other process or remove the recorded state.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortInUseError(
                f"Port {port} of the {server} is in use by another process; end that process, "
                "or run `make clean` to begin again on another port."
            ) from error


def _wait_until_healthy(child: subprocess.Popen[bytes], name: str, address: str, log: Path) -> None:
    """Ask as long as the server writes to its log, which is its sign of life."""

    def answers() -> bool | None:
        if child.poll() is not None:
            raise RehearsalError(f"The {name} ended while it started; see its log.", log=log)
        try:
            return requests.get(address, timeout=2).ok or None
        except requests.RequestException:
            return None

    still = Stillness(SERVER_STILL_SECONDS, watch=lambda: Sight("", log.stat().st_size))
    if look_until_still(answers, still, longest_pause_seconds=SHORTEST_PAUSE_SECONDS) is None:
        raise StoodStillError(f"The start of the {name}", still, log=log)
