"""A small project under git, whose proof can be kept and judged."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """It has no tests of its own."""
    folder = tmp_path / "project"
    for name, text in {
        "pyproject.toml": '[project]\nname = "rings"\nversion = "0.1.0"\n',
        "CHANGELOG.md": "## [Unreleased]\n",
        "README.md": "Rings.\n",
        "scripts/run.sh": "#!/bin/sh\n",
        "proof/results.json": "{}\n",
        ".gitignore": "made/\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "README.md", "pyproject.toml"], cwd=folder, check=True)
    return folder
