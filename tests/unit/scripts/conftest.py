"""A clone in which nothing is installed, on a machine whose package index is a folder."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from supply_chain.locks import PYTHON_LOCKS

ROOT = Path(__file__).resolve().parents[3]
UNPACKER = "scripts/unpack-chromium.mjs"
SCRIPTS = ("scripts/check-machine.sh", "scripts/install-uv.sh", UNPACKER)
# As people have it, who have made no environment.
PYTHON = str(Path(sys.base_prefix) / "bin" / "python3")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a set-up reads. The package that brings uv hands on to the uv of these tests."""
    folder = tmp_path / "clone"
    for name in ("Makefile", "package-lock.json", *SCRIPTS, *PYTHON_LOCKS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / ".git").mkdir()
    digest = _write_wheel(
        tmp_path / "index" / "uv" / "uv-1.0-py3-none-any.whl",
        {
            "uv-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: uv\nVersion: 1.0\n",
            "uv-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n",
            "uv-1.0.data/scripts/uv": f'#!/bin/sh\nexec {shutil.which("uv")} "$@"\n',
        },
    )
    (folder / "requirements-setup.txt").write_text(f"uv==1.0 --hash=sha256:{digest}\n")
    return folder


def _write_wheel(file: Path, members: dict[str, str]) -> str:
    """Write a package and the index's page of it; return its SHA-256."""
    file.parent.mkdir(parents=True)
    page = f'<a href="{file.name}">{file.name}</a>'
    (file.parent / "index.html").write_text(page, encoding="utf-8")
    with zipfile.ZipFile(file, "w") as wheel:
        for name, text in members.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = 0o100755 << 16  # a file that may be run
            wheel.writestr(member, text)
        wheel.writestr("uv-1.0.dist-info/RECORD", "".join(f"{name},,\n" for name in members))
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def run(clone: Path) -> Run:
    """Runs a program in the clone or elsewhere; settings of pip and uv may be other ones."""
    index = (clone.parent / "index").as_uri()
    machine = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(clone.parent),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index,
        "UV_NO_CONFIG": "1",
        "UV_DEFAULT_INDEX": index,
    }

    def run_in(folder: Path, *argv: str, **other: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv,
            cwd=folder,
            env=machine | other,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run_in


@pytest.fixture(scope="session")
def stamps() -> dict[str, list[str]]:
    """The Makefile's lists of the files that stand for something installed."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    values = dict(re.findall(r"^(\w+) *:= (.+)$", makefile, re.MULTILINE))
    return {
        name: [values[one] for one in re.findall(r"\$\((\w+)\)", values[name])]
        for name in ("SET_UP", "TOOLS")
    }


def write_program(file: Path, text: str = "") -> Path:
    """Write a shell script that can be run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence, with a remedy after the semicolon, in which something was refused."""
    assert done.returncode == 1, done.stdout
    assert done.stdout == ""
    assert re.fullmatch(r"error: [^\n]+; [^\n]+\.\n", done.stderr), done.stderr
    return done.stderr
