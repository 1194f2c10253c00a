"""A release's tag is the version, and its notes are that version's section."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from supply_chain.errors import SupplyChainError
from supply_chain.release_notes import release_notes

CHANGELOG = """# Changelog

## [Unreleased]

- Next.

## [1.2.0] - 2026-12-01

### Added

- This.

## [1.1.0] - 2026-11-01

- That.
"""


@pytest.fixture
def released(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    return tmp_path


def test_notes_are_the_section_of_the_tag(released: Path) -> None:
    assert release_notes(released, "v1.2.0") == "### Added\n\n- This.\n"
    assert release_notes(released, None) == "- Next.\n"


@pytest.mark.parametrize("tag", ["v1.1.0", "1.2.0", "v1.2.0-rc1"])
def test_a_tag_of_another_version_is_refused(released: Path, tag: str) -> None:
    sentence = f"The tag is {tag}, but pyproject.toml has version 1.2.0; correct"
    with pytest.raises(SupplyChainError, match=re.escape(sentence)):
        release_notes(released, tag)


@pytest.mark.parametrize("section", ["", "## [1.2.0] - 2026-12-01\n\n## [1.1.0]\n\n- That.\n"])
def test_a_version_without_notes_is_refused(released: Path, section: str) -> None:
    (released / "CHANGELOG.md").write_text(f"# Changelog\n\n{section}", encoding="utf-8")
    with pytest.raises(SupplyChainError, match=r"CHANGELOG.md says nothing under \[1.2.0\]"):
        release_notes(released, "v1.2.0")
