"""The documents under test."""

from pathlib import Path

import pytest

from tests.documents import ROOT, read_all


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def text() -> str:
    """All documents, one after the other."""
    return read_all()
