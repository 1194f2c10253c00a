"""The local XGBoost image: its programs, and its Python."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
IMAGE = ROOT / "rehearsal/containers/xgboost"
SCRIPTS = ROOT / "seed_code/build_app/source_scripts"
DATASET = ["--dataset-file", str(SCRIPTS.parent / "dataset.toml")]


@dataclass(frozen=True)
class Image:
    """Runs programs with the image's Python and nothing of this process's environment."""

    python: Path

    def environment(self, **variables: str) -> dict[str, str]:
        # No bytecode: the scripts run from the seed folder, which is bundled as it stands.
        fixed = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        return {**fixed, "PYTHONUNBUFFERED": "1", **variables}

    def run(
        self, script: Path, *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.python), str(script), *arguments],
            env=self.environment(**variables),
            capture_output=True,
            text=True,
        )
