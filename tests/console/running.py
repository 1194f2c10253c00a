"""The console as a process of its own, as a person starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.console.made_up_aws import REGION

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 60
_ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)/\S*")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "secret-of-environment"}


def environment(**more: str) -> dict[str, str]:
    """Of a machine on which nobody has signed in, and what else is set."""
    nothing = ("AWS_", "GH_", "GITHUB_", "CONSOLE_", "PYTHONPATH", "XDG_")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(nothing)}
    files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    asked = {"AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", "GH_CONFIG_DIR": os.devnull}
    return {**kept, **files, **asked, **more}


def attempt(settings: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Start a console that does not get as far as its first page."""
    return subprocess.run(
        _command(*words),
        cwd=_ROOT,
        env=dict(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )


@dataclass
class Running:
    """A console that serves, and somebody in front of it.

    Attributes:
        process: that serves.
        here: the address of its first page.
        session: of the person, who is let in.
        printed: what it printed when it was started.
    """

    process: subprocess.Popen[bytes]
    here: str
    printed: bytes
    session: requests.Session = field(default_factory=requests.Session)

    def look(self, path: str) -> str:
        """Open a page."""
        return self.session.get(f"{self.here}{path}", timeout=_SECONDS).text

    def end(self, signal: int, seconds: float) -> tuple[int, str]:
        """End it; its exit code and what it printed as errors.

        Raises:
            TimeoutExpired: it did not end by then.
        """
        self.process.send_signal(signal)
        _, errors = self.process.communicate(timeout=seconds)
        return self.process.returncode, errors.decode()


@contextmanager
def running(settings: Mapping[str, str]) -> Iterator[Running]:
    """Serve until the block ends."""
    process = subprocess.Popen(
        _command(),
        cwd=_ROOT,
        env=dict(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            assert process.stdout is not None
            printed = process.stdout.readline() + process.stdout.readline()
            found = _ADDRESS.search(printed)
            assert found, process.communicate()[1].decode()
            here = f"http://127.0.0.1:{int(found[1])}"
            with requests.Session() as session:
                token = settings.get("CONSOLE_TOKEN")
                entrance = f"{here}/?token={token}" if token else found[0].decode()
                session.get(entrance, timeout=_SECONDS).raise_for_status()
                yield Running(process, here, printed, session)
        finally:
            process.kill()


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "console", "--no-open", *words]
