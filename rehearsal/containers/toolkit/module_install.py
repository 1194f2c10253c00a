"""Installs the submitted code with pip, as the containers do before they run or serve it.

Imitates `_modules.py` of sagemaker-containers 2.8.6 and `modules.py` of sagemaker-training 4.8.0.
The image is shared here, so packages go to an environment of the container's own, which sees the
image's packages too.
"""

from __future__ import annotations

import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from rehearsal.containers.toolkit.command import run

_PACKAGE = {
    "setup.py": """
from setuptools import setup
setup(packages=[''], name="{name}", version='1.0.0', include_package_data=True)
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
_INSTALL = ("-m", "pip", "install")
_REQUIREMENTS = ("-r", "requirements.txt")


@dataclass(frozen=True)
class OwnEnvironment:
    """The container's Python: the image's packages, and what was installed since it started."""

    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter."""
        return self.folder / "bin/python"

    @property
    def packages(self) -> Path:
        """Where pip installs to."""
        return Path(sysconfig.get_path("purelib", vars={"base": str(self.folder)}))

    @classmethod
    def make(cls, folder: Path) -> OwnEnvironment:
        """Make it, empty."""
        venv.create(folder, symlinks=True, clear=True)
        made = cls(folder)
        image = sysconfig.get_path("purelib")
        (made.packages / "image.pth").write_text(f"{image}\n", encoding="utf-8")
        return made


def make_package(code: Path, program: str) -> None:
    """Write a `setup.py` and its neighbours beside the code, unless it has one."""
    if (code / "setup.py").exists():
        return
    for file, text in _PACKAGE.items():
        content = text.replace("{name}", program.removesuffix(".py"))
        (code / file).write_text(content, encoding="utf-8")


def install_package(code: Path, environment: OwnEnvironment, *, is_code_told: bool) -> None:
    """Install the code as a package, and what its `requirements.txt` names.

    Raises:
        CommandFailedError: pip failed; its exit code is told if the toolkit does so.
    """
    asked = _REQUIREMENTS if (code / "requirements.txt").exists() else ()
    argv = [str(environment.python), *_INSTALL, ".", *asked]
    run(argv, code, "InstallModuleError", is_code_told=is_code_told)


def install_requirements(code: Path, environment: OwnEnvironment) -> None:
    """Install what `requirements.txt` of the code names, as sagemaker-training does.

    Raises:
        CommandFailedError: pip failed.
    """
    argv = [str(environment.python), *_INSTALL, *_REQUIREMENTS]
    run(argv, code, "InstallRequirementsError", is_code_told=True)
