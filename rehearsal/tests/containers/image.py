"""The local images: their Python, and their programs."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CONTAINERS = ROOT / "rehearsal/containers"
SCRIPTS = ROOT / "seed_code/build_app/source_scripts"
DATASET = ["--dataset-file", str(SCRIPTS.parent / "dataset.toml")]


def build(folder: Path, lock: Path) -> Path:
    """Install what a lock pins into a new environment; return its Python."""
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else "uv"
    python = folder / "bin/python"
    sync = [uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(lock)]
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    subprocess.run(sync, check=True, env={**os.environ, "UV_COMPILE_BYTECODE": "1"})
    return python


@dataclass(frozen=True)
class Image:
    """Runs programs with an image's Python and nothing of this process's environment.

    Args:
        folder: of its programs, below `rehearsal/containers`.
    """

    python: Path
    folder: str = "xgboost"

    def environment(self, **variables: str) -> dict[str, str]:
        fixed = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
        return {**fixed, **variables}

    def command(self, program: str) -> list[str]:
        return [str(self.python), str(CONTAINERS / "start.py"), self.folder, program]

    def start(self, program: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `train` or `serve` to its end."""
        return self._run(self.command(program), variables)

    def run(
        self, script: Path, *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        # No bytecode: the scripts run from the seed folder, which is bundled as it stands.
        return self._run([str(self.python), "-B", str(script), *arguments], variables)

    def _run(self, argv: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        environment = self.environment(**variables)
        return subprocess.run(argv, env=environment, capture_output=True, text=True)
