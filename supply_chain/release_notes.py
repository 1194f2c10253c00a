"""What a release says of itself, from `CHANGELOG.md`."""

import re
import tomllib
from pathlib import Path

from supply_chain.errors import SupplyChainError


def release_notes(root: Path, tag: str | None) -> str:
    """The section of a version; without a tag, of what is not released yet.

    Raises:
        SupplyChainError: the tag is not the version of `pyproject.toml`, or has no section.
    """
    version = project_version(root)
    if tag is not None and tag != f"v{version}":
        raise SupplyChainError(
            f"The tag is {tag}, but pyproject.toml has version {version}; "
            f"correct the version, or tag the commit v{version}."
        )
    title = "Unreleased" if tag is None else version
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(rf"^## \[{re.escape(title)}\][^\n]*\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if found is None or not found[1].strip():
        raise SupplyChainError(
            f"CHANGELOG.md says nothing under [{title}]; write there what users will notice."
        )
    return found[1].strip() + "\n"


def project_version(root: Path) -> str:
    """The version of this project."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])
