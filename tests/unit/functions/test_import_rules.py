"""No package of the bundle is left out of the rules about imports."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = {file.parent.name for file in (ROOT / "functions").glob("*/__init__.py")}
RULES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


def named(rule: dict[str, Any]) -> set[str]:
    """Every package that a contract names."""
    lists = (value for value in rule.values() if isinstance(value, list))
    return {name for entry in lists for item in entry for name in item.split(" | ")}


@pytest.mark.parametrize(
    "rule",
    [
        "What ships has no circle between files or folders",
        "What ships does not know the rehearsal, and only Lambda knows the functions",
        "The functions stand alone",
        "The functions' packages import one way",
    ],
)
def test_each_package_is_under_the_rule(rule: str) -> None:
    (contract,) = (found for found in RULES["contracts"] if found["name"] == rule)
    assert named(contract) >= PACKAGES


def test_each_package_is_read() -> None:
    assert {*RULES["root_packages"]} >= PACKAGES
