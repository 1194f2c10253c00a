"""The memory of a family of processes is summed."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from rehearsal.conductor.meanwhile import repeated_meanwhile
from rehearsal.laboratory.benchmarks.memory import FamilyMemory

HOLD_MIB = 64
# The parent starts a child that holds memory, says so, and waits until its input is closed.
CHILD = f"b = bytearray(b'x') * ({HOLD_MIB} << 20); print('held', flush=True); input()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


@pytest.fixture
def family() -> Iterator[subprocess.Popen[str]]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "held\n"
    yield parent
    parent.kill()
    parent.communicate()


def test_memory_of_a_grandchild_counts(family: subprocess.Popen[str]) -> None:
    sampler = FamilyMemory(family.pid)
    assert HOLD_MIB < sampler.sample() < HOLD_MIB + 100
    assert sampler.peak_processes == 2


def test_a_process_whose_parent_ended_stays_counted(family: subprocess.Popen[str]) -> None:
    sampler = FamilyMemory(family.pid)
    sampler.sample()
    family.kill()
    family.wait()
    assert HOLD_MIB < sampler.sample() < HOLD_MIB + 50


def test_the_peak_outlives_the_processes(family: subprocess.Popen[str]) -> None:
    sampler = FamilyMemory(family.pid)
    with repeated_meanwhile(sampler.sample, pause_seconds=0.01):
        while sampler.samples < 2:
            psutil.Process().cpu_percent(0.01)
        for child in psutil.Process(family.pid).children():
            child.kill()
        family.wait()
    assert sampler.peak_mib > HOLD_MIB
    assert sampler.sample() == 0


def test_the_measure_is_one_that_this_machine_knows() -> None:
    assert FamilyMemory(os.getpid()).measure in ("pss", "rss")
