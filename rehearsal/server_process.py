"""A server of the rehearsal as an operating-system process that can be found again."""

import contextlib
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from rehearsal.errors import PortInUseError, RehearsalError

_STOP_SECONDS = 15.0
_START_SECONDS = 40.0


@dataclass(frozen=True)
class ServerProcess:
    """A started server: its process id and the moment it began, which together name it."""

    name: str
    pid: int
    began_at: float

    def is_running(self) -> bool:
        """Tell whether this very process, not a later one of the same id, is alive."""
        return self._find() is not None

    def stop(self) -> None:
        """Ask the process to end cleanly, then end whatever is left of its family."""
        process = self._find()
        if process is None:
            return
        family = process.children(recursive=True)
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
        _, alive = psutil.wait_procs([process], timeout=_STOP_SECONDS)
        _, alive = psutil.wait_procs([*alive, *family], timeout=1.0)
        for survivor in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                survivor.kill()

    def _find(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.began_at) < 1.0
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def free_port() -> int:
    """Ask the operating system for a loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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


def start_server(
    name: str, argv: list[str], *, port: int, cwd: Path, env: Mapping[str, str], log: Path
) -> ServerProcess:
    """Start a server and wait until it answers its health path.

    Raises:
        PortInUseError: the port is taken.
        RehearsalError: the server ended or did not answer in time; its log says why.
    """
    require_free_port(port, server=name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            argv,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = ServerProcess(name, child.pid, psutil.Process(child.pid).create_time())
    try:
        _wait_until_healthy(child, name, port, log)
    except BaseException:
        server.stop()
        raise
    finally:
        # The server outlives this object on purpose and is found again by its id; told that it
        # has ended, Popen does not warn of a child that was forgotten.
        child.returncode = child.poll() or 0
    return server


def _wait_until_healthy(child: subprocess.Popen[bytes], name: str, port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RehearsalError(f"The {name} ended while it started; see its log.", log=log)
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/_rehearsal/health", timeout=2
            ) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RehearsalError(
        f"The {name} did not answer within {_START_SECONDS:.0f} s; see its log.", log=log
    )
