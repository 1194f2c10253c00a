"""A small project to draw mutants of."""

from pathlib import Path

import pytest

from tests.unit.mutation.small_project import make_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git checkout with one function."""
    return make_project(tmp_path / "project")
