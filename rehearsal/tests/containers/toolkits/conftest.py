"""AWS's toolkits in an environment of their own, built once from their lock."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.tests.containers.image import build

HERE = Path(__file__).parent
# The older toolkit still asks for a name that Python 3.10 gave up; AWS's images put it back.
GIVEN_UP = "import collections, collections.abc; collections.Mapping = collections.abc.Mapping"


@pytest.fixture(scope="session")
def toolkits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of AWS's toolkits, which hold C code."""
    if not any(map(shutil.which, ("cc", "gcc", "clang"))):
        pytest.fail("AWS's toolkits hold C code: install a C compiler, such as gcc, for this test.")
    python = build(tmp_path_factory.mktemp("toolkits") / "environment", HERE / "requirements.txt")
    (packages,) = python.parents[1].glob("lib/python*/site-packages")
    return packages


@pytest.fixture
def with_toolkits(toolkits: Path) -> Callable[[Path], Path]:
    """Makes a container's own environment over the toolkits', which pip then leaves alone."""

    def make(base: Path) -> Path:
        python = toolkits.parents[2] / "bin/python"
        venv_of = "import sys, venv; venv.create(sys.argv[1], symlinks=True)"
        subprocess.run([str(python), "-c", venv_of, str(base / "venv")], check=True)
        (packages,) = base.glob("venv/lib/python*/site-packages")
        (packages / "toolkits.pth").write_text(f"{toolkits}\n{HERE}\n{GIVEN_UP}\n")
        own = base / "venv/bin/python"
        server = own.with_name("gunicorn")
        server.write_text(f'#!/bin/sh\nexec "{own}" -m gunicorn "$@"\n')
        server.chmod(0o755)
        return own

    return make
