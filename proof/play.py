"""Plays a part with pytest, and keeps what it showed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from proof.digest import digest_of
from proof.results import Outcome, write_result

MOST_SECONDS = 3600


class UnfinishedError(Exception):
    """A part did not come to an end that counts."""


def play_part(root: Path, part: str) -> Outcome:
    """Play a part to its end and write down what it showed.

    Raises:
        UnfinishedError: pytest could not play it, it took too long, or files changed meanwhile.
    """
    digest, began = digest_of(root), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        argv = ["-m", "pytest", "--tier", part, "--tier-report", str(file)]
        exit_code = _run([sys.executable, *argv], root, part)
        if exit_code not in (0, 1) or not file.exists():
            raise UnfinishedError(f"The part {part} was not played: pytest ended with {exit_code}.")
        report = json.loads(file.read_text(encoding="utf-8"))
    if exit_code and not report["failed"]:
        raise UnfinishedError(
            f"The part {part} ended with {exit_code} though no test failed; pytest says why above."
        )
    if digest_of(root) != digest:
        raise UnfinishedError(
            f"Files changed while the part {part} was played; run `make proof` again."
        )
    outcome = Outcome(
        digest=digest,
        date=datetime.now(UTC).date().isoformat(),
        seconds=round(time.monotonic() - began, 1),
        cores=os.cpu_count() or 1,
        **report,
    )
    write_result(root, part, outcome)
    return outcome


def _run(argv: list[str], root: Path, part: str) -> int:
    """Pytest's exit status; however the wait for it ends, it is interrupted once and waited for."""
    # In a session of its own a key at the terminal does not interrupt it a second time.
    child = subprocess.Popen(argv, cwd=root, start_new_session=True)
    try:
        return child.wait(timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        raise UnfinishedError(
            f"The part {part} took more than {MOST_SECONDS // 60} minutes; divide it in "
            "`proof/parts.py`."
        ) from None
    finally:
        if child.poll() is None:
            _interrupt(child)


def _interrupt(child: subprocess.Popen[bytes]) -> None:
    """End it, and the servers that its workers leave behind."""
    started = psutil.Process(child.pid).children(recursive=True)
    child.send_signal(signal.SIGINT)
    child.wait()
    for process in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
