"""What the tests share: a folder with the sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sample import sample_file, sample_rows


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A folder with the sample as one CSV file."""
    folder = tmp_path / "input"
    folder.mkdir()
    (folder / "sample.csv").write_bytes(sample_file(sample_rows()))
    return folder
