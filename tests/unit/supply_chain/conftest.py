"""A copy of what `supply_chain` reads, so that tests may change it, and a way to run it there."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from supply_chain.locks import NODE_LOCKS, PYTHON_LOCKS

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".images" / "release" / "bin" / "python"
# Nothing that begins a connection may run.
OFFLINE = (
    "import runpy, socket, sys\n"
    "def refuse(*_): raise AssertionError('this must work without a network')\n"
    "socket.socket.connect = socket.getaddrinfo = refuse\n"
    "sys.argv = ['supply_chain', *sys.argv[1:]]\n"
    "runpy.run_module('supply_chain', run_name='__main__')\n"
)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def copy_project(folder: Path) -> Path:
    """The locks, the page of licences, the functions and `supply_chain` itself."""
    left_out = shutil.ignore_patterns("__pycache__")
    for name in ("functions", "supply_chain"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    packages = [str(Path(lock).with_name("package.json")) for lock in NODE_LOCKS]
    for name in (*PYTHON_LOCKS, *NODE_LOCKS, *packages, "docs/licences.md", "pyproject.toml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def shorten_locks(project: Path) -> None:
    """Leave two packages in the locks of a copy, of which one is for Windows only."""
    for lock in PYTHON_LOCKS:
        text = (project / lock).read_text(encoding="utf-8")
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
        kept = [one for one in blocks if one.startswith(("attrs==", "pywin32=="))]
        (project / lock).write_text("".join(kept), encoding="utf-8")


def run_in(
    project: Path, *words: str, offline: bool = True, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of `supply_chain` in a copy, without a network unless it is wanted."""
    start = ["-c", OFFLINE] if offline else ["-m", "supply_chain"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [PYTHON, *start, *words],
        cwd=project,
        env={"PATH": path, "HOME": str(project), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy that the test may change."""
    return copy_project(tmp_path / "project")


@pytest.fixture
def run(project: Path) -> Run:
    """Run a command in that copy."""
    return functools.partial(run_in, project)
