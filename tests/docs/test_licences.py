"""`docs/licences.md` is about what the locks pin today, and allows nothing that it should not."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.licenses import canonicalize_license_expression

from supply_chain.locks import PYTHON_LOCKS

STRONG_COPYLEFT = ("GPL-", "AGPL-", "SSPL-", "EUPL-", "OSL-", "BUSL-", "CC-BY-NC")
ROW = re.compile(r"^\| (\S+) \| (\S+) \| (.+) \| (.+) \|$", re.MULTILINE)


def _rows(root: Path, title: str) -> dict[tuple[str, str], str]:
    page = (root / "docs" / "licences.md").read_text(encoding="utf-8")
    section = page.split(f"## {title}\n")[1].split("\n## ")[0]
    rows = ROW.findall(section)[2:]  # after the head of the table
    assert len(rows) == len({row[:2] for row in rows})
    return {(name, version): licence for name, version, licence, _ in rows}


@pytest.fixture(scope="module")
def licences(root: Path) -> list[str]:
    return [*_rows(root, "Python packages").values(), *_rows(root, "Node packages").values()]


def test_python_packages_are_those_of_the_locks(root: Path) -> None:
    pinned = set()
    for name in PYTHON_LOCKS:
        text = (root / name).read_text(encoding="utf-8")
        pinned.update(re.findall(r"^([a-z0-9][^ =]*)==(\S+)", text, re.MULTILINE))
    assert len(pinned) > 250
    assert set(_rows(root, "Python packages")) == pinned, "run `make licences`"


def test_node_packages_are_those_of_the_locks(root: Path) -> None:
    pinned = {}
    for lock in (root / "package-lock.json", root / "seed_code/deploy_app/package-lock.json"):
        packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        for place, package in packages.items():
            if place:
                name = place.removeprefix("node_modules/")
                pinned[name, package["version"]] = package["license"]
    assert _rows(root, "Node packages") == pinned, "run `make licences`"


def test_every_licence_is_an_spdx_expression_of_allowed_licences(
    root: Path, licences: list[str]
) -> None:
    tables = root / "supply_chain" / "licences.toml"
    allowed = set(tomllib.loads(tables.read_text(encoding="utf-8"))["allowed"])
    assert not [one for one in allowed if one.startswith(STRONG_COPYLEFT)]
    for licence in licences:
        assert canonicalize_license_expression(licence) == licence
        assert set(re.split(r"[ ()]+", licence)) - {"AND", "OR", ""} <= allowed, licence


def test_nothing_is_allowed_that_nothing_needs(root: Path, licences: list[str]) -> None:
    tables = root / "supply_chain" / "licences.toml"
    allowed = set(tomllib.loads(tables.read_text(encoding="utf-8"))["allowed"])
    used = {name for licence in licences for name in re.split(r"[ ()]+", licence)}
    assert allowed - used == set()


def test_the_project_itself_is_under_mit(root: Path) -> None:
    licence = (root / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("MIT License\n")
    assert "Permission is hereby granted, free of charge" in licence
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "MIT"
    package = json.loads((root / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))
    assert package["license"] == lock["packages"][""]["license"] == "MIT"
