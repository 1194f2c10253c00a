"""A clone of its own for each play, so that several run beside each other."""

import subprocess
from pathlib import Path

import pytest

from proof.digest import list_files

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Copy the project's files and link what is installed."""
    folder = tmp_path / "clone"
    for name in list_files(ROOT):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
        target.chmod((ROOT / name).stat().st_mode)
    for installed in ("node_modules", ".images"):
        (folder / installed).symlink_to(ROOT / installed)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder
