"""Every permission is needed by an act that is played, or kept for a reason."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
# An act in bold letters needs it; which one is first is a matter of milliseconds.
_ACT = re.compile(r"\*\*[a-z -]+\*\* \|$", re.MULTILINE)


@pytest.mark.proof("permissions")
@pytest.mark.timeout(1800)
def test_the_play_needs_what_the_page_says(tmp_path: Path) -> None:
    page = tmp_path / "permissions.md"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "rehearsal.laboratory.permissions"),
            *("--state", str(tmp_path / "state"), "--page", str(page)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    published = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert _ACT.sub("act |", page.read_text(encoding="utf-8")) == _ACT.sub("act |", published)
