"""A clone of its own for each play, so that several run beside each other."""

import subprocess
from pathlib import Path

import pytest

from tests.rehearsed.clone import ROOT, copy_files


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Copy the project's files and link what is installed."""
    folder = tmp_path / "clone"
    copy_files(folder)
    for installed in ("node_modules", ".images"):
        (folder / installed).symlink_to(ROOT / installed)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder
