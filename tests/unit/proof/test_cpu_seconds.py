"""What a test costs is counted whole, however many threads come and go meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cpu_seconds import used_by

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux's /proc")
_SECONDS = 0.3
_WORKS = f"""
import sys, time
while time.process_time() < {_SECONDS}:
    pass
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def child() -> Iterator[None]:
    """A program that has used processors and still runs."""
    argv = [sys.executable, "-c", _WORKS]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout
        program.stdout.readline()
        yield


@pytest.fixture
def _threads_come_and_go() -> Iterator[None]:
    ending = threading.Event()

    def start_others() -> None:
        while not ending.is_set():
            thread = threading.Thread(target=lambda: None)
            thread.start()
            thread.join()

    first = threading.Thread(target=start_others)
    first.start()
    yield
    ending.set()
    first.join()


@pytest.mark.usefixtures("child", "_threads_come_and_go")
def test_a_child_is_counted_while_threads_end() -> None:
    counted = [used_by(os.getpid()) - sum(os.times()[:4]) for _ in range(200)]
    assert min(counted) > _SECONDS / 2
