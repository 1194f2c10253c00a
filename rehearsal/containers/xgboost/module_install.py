"""Installs the served code as the container does: with pip, as a package of its own making.

Imitates `_modules.py` of sagemaker-containers 2.8.6. The image is shared here, so the package goes
to a folder of the container instead of the image's site-packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_PACKAGE = {
    "setup.py": """
from setuptools import setup
setup(packages=[''], name='{name}', version='1.0.0', include_package_data=True)
""",
    "setup.cfg": """
[wheel]
universal = 1
""",
    "MANIFEST.in": """
recursive-include . *
recursive-exclude . __pycache__*
recursive-exclude . *.pyc
recursive-exclude . *.pyo
""",
}


class InstallModuleError(Exception):
    """pip could not install the code; what it said is in the log."""


def install(submitted: Path, base: Path, program: str) -> None:
    """Copy the submitted code to `<base>/code`, install it, and put both on the import path.

    Raises:
        InstallModuleError: pip failed, or the folder does not exist.
    """
    code, packages = base / "code", base / "packages"
    if not submitted.is_dir():
        raise InstallModuleError(
            f"{submitted} does not exist; SAGEMAKER_SUBMIT_DIRECTORY must name the folder of the "
            "served code."
        )
    if submitted != code:
        shutil.rmtree(code, ignore_errors=True)
        shutil.copytree(submitted, code)
    _make_package(code, program.removesuffix(".py"))
    shutil.rmtree(packages, ignore_errors=True)
    _run_pip(code, packages)
    sys.path[:0] = [str(code), str(packages)]


def _make_package(code: Path, name: str) -> None:
    if (code / "setup.py").exists():
        return
    for file, text in _PACKAGE.items():
        (code / file).write_text(text.replace("{name}", name), encoding="utf-8")


def _run_pip(code: Path, target: Path) -> None:
    argv = [sys.executable, "-m", "pip", "install", "."]
    if (code / "requirements.txt").exists():
        argv += ["-r", "requirements.txt"]
    place = {"PIP_TARGET": str(target), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(argv, cwd=code, env={**os.environ, **place}, check=False)
    if done.returncode:
        raise InstallModuleError(
            f"pip could not install the code of {code}, as the container does before it serves; "
            "the lines above say why."
        )
