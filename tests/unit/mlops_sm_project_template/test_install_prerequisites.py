"""The script for Macs says so elsewhere."""

import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "install-prerequisites-brew.sh"


@pytest.mark.skipif(sys.platform == "darwin", reason="on a Mac the script installs packages")
def test_script_ends_with_a_remedy_where_there_is_no_macos() -> None:
    done = subprocess.run([_SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stderr.startswith("error: this script is for macOS; elsewhere install ")
    assert len(done.stderr.splitlines()) == 1
