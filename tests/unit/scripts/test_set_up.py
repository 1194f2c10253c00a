"""What each target installs: side by side, only what it needs, and nothing twice.

Programs that install are stand-ins, which write down what they were asked for.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .conftest import PYTHON, UNPACKER, Run, write_program

REHEARSAL = "rehearsal/requirements.txt"
XGBOOST = "rehearsal/containers/xgboost/requirements.txt"
LAMBDA = "rehearsal/containers/lambda_python/requirements.txt"
SCIKIT_LEARN = "rehearsal/containers/scikit_learn/requirements.txt"
FOR_TOOLS = {
    *("requirements-dev.txt", "requirements-checkov.txt", "requirements-release.txt"),
    SCIKIT_LEARN,
}
# Notes a lock down and makes the folder of an environment.
UV = """
for last; do :; done
case "$1 $2" in "venv "*) mkdir -p "$last" ;; *) echo "$last" >> installed.log ;; esac
"""
NPM = """
echo npm >> installed.log
mkdir -p node_modules/@octokit/openapi
"""
UNPACK = """
[ "$1" = scripts/unpack-chromium.mjs ] && [ -d node_modules/@octokit ] || exit 1
mkdir -p "$2"
echo chromium >> installed.log
"""
# Goes on when three of its kind have begun, and fails if they never do.
TOGETHER = """
echo begun >> begun.log
for _ in $(seq 500); do
  [ "$(wc -l < begun.log)" -ge 3 ] && exit 0
  sleep 0.02
done
exit 1
"""


@pytest.fixture
def machine(clone: Path) -> Path:
    """The clone, in which uv is installed already, for a stand-in."""
    write_program(clone / ".venv/bin/uv", UV)
    write_program(clone / ".venv/bin/npm", NPM)
    write_program(clone / ".venv/bin/node", UNPACK)
    return clone


def _make(run: Run, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = run(folder, "make", *words, f"PYTHON={PYTHON}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def _installed(folder: Path) -> list[str]:
    """What was installed since this was asked last."""
    log = folder / "installed.log"
    lines = log.read_text(encoding="utf-8").split() if log.exists() else []
    log.unlink(missing_ok=True)
    return sorted(lines)


def test_a_set_up_installs_what_a_rehearsal_needs_once(machine: Path, run: Run) -> None:
    said = _make(run, machine, "setup").stdout
    assert said.startswith("Installing ")
    assert _installed(machine) == sorted([REHEARSAL, XGBOOST, LAMBDA, "npm"])
    assert _make(run, machine, "setup").stdout == ""
    assert _make(run, machine, "--question", "setup").returncode == 0
    assert _installed(machine) == []


def test_scikit_learn_is_installed_when_it_is_asked_for(machine: Path, run: Run) -> None:
    _make(run, machine, "setup")
    _installed(machine)
    _make(run, machine, "scikit-learn")
    assert _installed(machine) == [SCIKIT_LEARN]


def test_a_rehearsal_of_scikit_learn_installs_it(clone: Path, run: Run) -> None:
    asked = _make(run, clone, "--dry-run", "rehearse", "ARGS=--framework scikit-learn").stdout
    assert f"--require-hashes {SCIKIT_LEARN}" in asked


def test_what_does_not_wait_for_each_other_is_installed_side_by_side(
    machine: Path, run: Run
) -> None:
    uv = machine / ".venv/bin/uv"
    write_program(uv, f"{UV}\n[ $1 = venv ] && exit\n{TOGETHER}")
    _make(run, machine, "setup")


def test_tools_are_added_and_stay(machine: Path, run: Run) -> None:
    _make(run, machine, "setup")
    _installed(machine)
    _make(run, machine, "tools")
    assert set(_installed(machine)) == FOR_TOOLS | {"npm", "chromium"}
    _make(run, machine, "setup")
    _make(run, machine, "tools")
    assert _installed(machine) == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        (REHEARSAL, {REHEARSAL, "requirements-dev.txt"}),
        ("requirements-dev.txt", {"requirements-dev.txt"}),
        (XGBOOST, {XGBOOST}),
        ("package-lock.json", {"npm", "chromium"}),
        (UNPACKER, {"chromium"}),
    ],
)
def test_a_changed_lock_installs_what_it_pins_and_nothing_else(
    machine: Path, run: Run, changed: str, again: set[str]
) -> None:
    _make(run, machine, "tools")
    _installed(machine)
    for file in machine.rglob("*"):
        os.utime(file, (1e9, 1e9))
    (machine / changed).touch()
    _make(run, machine, "tools")
    assert set(_installed(machine)) == again


@pytest.mark.parametrize(
    "target", ["setup", "rehearse", "check", "test", "proof", "bench", "synth", "redrive", "audit"]
)
def test_nothing_is_installed_where_the_machine_is_refused(
    clone: Path, run: Run, target: str
) -> None:
    (clone / ".git").rmdir()
    before = sorted(clone.rglob("*"))
    done = run(clone, "make", target, f"PYTHON={PYTHON}")
    assert done.returncode != 0
    assert done.stderr.startswith("error: this folder is no git repository")
    assert done.stdout == ""
    assert sorted(clone.rglob("*")) == before


@pytest.mark.parametrize("target", ["rehearse", "permissions", "synth", "redrive"])
def test_what_users_type_installs_no_tools(clone: Path, run: Run, target: str) -> None:
    asked = _make(run, clone, "--dry-run", target).stdout
    assert f"--require-hashes {REHEARSAL}" in asked
    assert [lock for lock in FOR_TOOLS if f"--require-hashes {lock}" in asked] == []


@pytest.mark.parametrize("target", ["check", "test", "proof", "bench", "lint"])
def test_what_tests_and_measures_installs_them(clone: Path, run: Run, target: str) -> None:
    asked = _make(run, clone, "--dry-run", target).stdout
    assert [lock for lock in FOR_TOOLS if f"--require-hashes {lock}" not in asked] == []
