"""Puts the code of the build repository's pipeline within reach."""

import sys
from pathlib import Path

import pytest

SEED = Path(__file__).resolve().parents[3] / "seed_code/build_app"
for folder in (SEED, SEED / "source_scripts"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels, which is all that uv finds."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    return folder
