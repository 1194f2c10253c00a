"""Starts consoles as a person does, opens their pages and leaves some of them open."""

import http.client
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from rehearsal.conductor.aws_accounts import REGION, AwsUser
from rehearsal.conductor.environment import person_environment
from rehearsal.conductor.errors import RehearsalError

# What panels say that have no answer yet.
_ASKING = (b"Asking \xe2\x80\xa6", b"No answer for ")
_GAP = re.compile(rb'<p class="gap">([^<]*)</p>')
_WAIT_SECONDS, _STILL_SECONDS = 0.04, 0.8
_LONGEST_SECONDS = 120.0
_TOKEN = "benchmarks-of-the-console"  # noqa: S105 # of a server that lives for a minute


@dataclass(frozen=True)
class Opened:
    """A console that runs.

    Args:
        who: by which its requests are counted.
        process: of the console.
        port: that it listens on.
        cookie: that lets in.
        seconds: from starting it until it said its address.
        kept: a connection that stays open, as a browser has it.
    """

    who: str
    process: psutil.Process
    port: int
    cookie: str
    seconds: float
    kept: http.client.HTTPConnection

    def get(self, path: str) -> tuple[float, bytes]:
        """Ask for a page once; the seconds that took, and the page.

        Raises:
            RehearsalError: it was refused.
        """
        began = time.perf_counter()
        self.kept.request("GET", path, headers={"Cookie": self.cookie})
        answer = self.kept.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - began
        if answer.status != http.client.OK:
            raise RehearsalError(f"The console answered {answer.status} to {path}.")
        return seconds, body

    def get_whole(self, path: str) -> float:
        """Ask for a page again and again until all of it is there; the seconds that took.

        That is when it has looked for a while as it does from then on: a panel may show what some
        of its questions told while others are still asked.

        Raises:
            RehearsalError: it never was, or something could not be read.
        """
        began = time.perf_counter()
        seen, since = b"", began
        while time.perf_counter() - began < _LONGEST_SECONDS:
            body, now = self.get(path)[1], time.perf_counter()
            if body != seen or any(words in body for words in _ASKING):
                seen, since = body, now
            elif now - since > _STILL_SECONDS:
                gaps = _GAP.findall(body)
                if gaps:
                    raise RehearsalError(f"{path} has a gap: {gaps[0].decode()}")
                return since - began
            time.sleep(_WAIT_SECONDS)
        raise RehearsalError(f"{path} was not whole after {_LONGEST_SECONDS:.0f} s.")

    def cpu_seconds(self) -> float:
        """That it has used since it was started."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    @contextmanager
    def tab(self, path: str) -> Iterator[None]:
        """Leave a page open, with its stream, until the block ends."""
        connection = _connection(self.port)
        connection.request("GET", f"/live{path}", headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        thread = threading.Thread(target=_read, args=(answer,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            if connection.sock is not None:
                connection.sock.shutdown(2)
            thread.join()
            connection.close()


def _read(answer: http.client.HTTPResponse) -> None:
    try:
        while answer.read1():
            pass
    except (OSError, http.client.HTTPException):
        pass  # the tab is closed


@contextmanager
def console(root: Path, apis: int, who: str) -> Iterator[Opened]:
    """Start a console until the block ends.

    Args:
        root: the checkout.
        apis: port of what it takes for AWS and GitHub.
        who: by which its requests are counted.

    Raises:
        RehearsalError: it did not start.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "console", "--no-open"],
        cwd=root,
        env=_environment(root, apis, who),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        lines = [process.stdout.readline() for _ in range(2)] if process.stdout else []
        found = re.search(r":(\d+)/", lines[-1])
        if found is None:
            raise RehearsalError("The console did not start; try `make console`.")
        seconds, port = time.perf_counter() - began, int(found[1])
        with closing(_connection(port)) as kept:
            yield Opened(who, psutil.Process(process.pid), port, _enter(port), seconds, kept)
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate()  # closes what it wrote to, too


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=_LONGEST_SECONDS)


def _enter(port: int) -> str:
    with closing(_connection(port)) as connection:
        connection.request("GET", f"/?token={_TOKEN}")
        return connection.getresponse().headers["Set-Cookie"].partition(";")[0]


def _environment(root: Path, apis: int, who: str) -> Mapping[str, str]:
    address = f"http://127.0.0.1:{apis}"
    return {
        **person_environment(root, Path.home(), REGION),
        **AwsUser(address, who, "benchmarks").variables(),
        "GH_TOKEN": who,
        "GITHUB_SERVER_URL": address,
        "CONSOLE_TOKEN": _TOKEN,
    }


@contextmanager
def made_up_apis(root: Path, projects: int, versions: int, seconds: float) -> Iterator[int]:
    """Serve an account that is made up until the block ends; the port."""
    sizes = {"--projects": projects, "--versions": versions, "--seconds": seconds}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "rehearsal.laboratory.benchmarks.console.made_up_apis"),
            *(str(part) for size in sizes.items() for part in size),
        ],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield int(process.stdout.readline() if process.stdout else "")
    finally:
        _end(process)
