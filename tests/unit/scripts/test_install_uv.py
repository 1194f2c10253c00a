"""uv comes first, by pip; where either finds no packages, nothing is left behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .conftest import PYTHON, Run, refusal

# Several seconds of pip.
pytestmark = pytest.mark.tier("test")
INSTALL = "scripts/install-uv.sh"
NOBODY = "http://127.0.0.1:9/simple"


def test_uv_is_installed_into_an_environment_of_its_own(clone: Path, run: Run) -> None:
    for _ in range(2):  # the second time it is there
        done = run(clone, INSTALL, PYTHON)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    refusal(run(clone, INSTALL, PYTHON, UV_DEFAULT_INDEX=NOBODY))
    said = run(clone, ".venv/bin/uv", "--version").stdout
    assert said.startswith("uv "), "what was there before is gone"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"PIP_INDEX_URL": NOBODY},
            "pip gets no package (No matching distribution found for uv==1.0); check the network",
        ),
        (
            {"PIP_INDEX_URL": "file:///nowhere"},
            "pip gets no package (No matching distribution found for uv==1.0)",
        ),
        (
            {"UV_DEFAULT_INDEX": NOBODY},
            "Connection refused (os error 111)); name your package index in UV_DEFAULT_INDEX",
        ),
    ],
    ids=["pip asks in vain", "pip's index lacks the package", "uv asks in vain"],
)
def test_a_machine_without_a_package_index_is_refused(
    clone: Path, run: Run, settings: dict[str, str], said: str
) -> None:
    before = sorted(clone.rglob("*"))
    assert said in refusal(run(clone, INSTALL, PYTHON, **settings, UV_HTTP_RETRIES="0"))
    assert sorted(clone.rglob("*")) == before


def test_a_python_without_pip_will_do(clone: Path, run: Run, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", bare], check=True)
    done = run(clone, INSTALL, str(bare / "bin" / "python"))
    assert (done.returncode, done.stderr) == (0, "")
    assert (clone / ".venv/bin/uv").exists()
