"""Every lock is known, and pins that cannot be installed together are kept apart."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from supply_chain.locks import (
    NODE_LOCKS,
    PYTHON_LOCKS,
    Pin,
    layers,
    read_all,
    read_node_lock,
    read_python_lock,
    requirement_lines,
)

from .conftest import ROOT


def _pin(name: str, version: str) -> Pin:
    return Pin(ecosystem="pypi", name=name, version=version, hashes=("ab",))


def test_every_lock_of_the_project_is_listed() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*requirements*.txt", "*package-lock.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert listed
    assert sorted(listed) == sorted([*PYTHON_LOCKS, *NODE_LOCKS])


def test_every_python_lock_is_made_by_make_lock() -> None:
    script = (ROOT / "scripts" / "lock-requirements.sh").read_text(encoding="utf-8")
    for lock in PYTHON_LOCKS:
        by_pattern = lock.startswith(("rehearsal/containers/", "seed_code/"))
        folder, name = str(Path(lock).parent), Path(lock).stem
        assert by_pattern or f"\nlock {folder} {name}" in script, lock
        assert (ROOT / lock).with_suffix(".in").is_file()


def test_locks_pin_each_package_with_hashes() -> None:
    pins = [pin for pin, _ in read_all(ROOT)]
    assert len(pins) > 300
    assert [pin for pin in pins if not pin.hashes] == []
    assert {len(one) for pin in pins for one in pin.hashes} == {64, 128}


def test_locks_name_no_address() -> None:
    for lock in (*PYTHON_LOCKS, *NODE_LOCKS):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "://" not in text, lock
        assert "--index" not in text, lock


@pytest.mark.parametrize(
    ("lock", "larger"),
    [
        ("requirements.txt", "rehearsal/requirements.txt"),
        ("rehearsal/requirements.txt", "requirements-dev.txt"),
        ("requirements-setup.txt", "rehearsal/requirements.txt"),
    ],
)
def test_a_larger_lock_adds_packages_and_changes_none(lock: str, larger: str) -> None:
    pins, more = read_python_lock(ROOT / lock), read_python_lock(ROOT / larger)
    assert [pin for pin in pins if pin not in more] == []
    assert len(more) > len(pins)


def test_what_a_rehearsal_imports_is_pinned_for_it() -> None:
    pinned = {pin.name for pin in read_python_lock(ROOT / "rehearsal" / "requirements.txt")}
    providers = packages_distributions()
    files = [
        file
        for folder in ("rehearsal", "mlops_sm_project_template", "functions", "operations")
        for file in (ROOT / folder).rglob("*.py")
        if file.relative_to(ROOT).parts[1] not in {"containers", "tests"}
    ]
    found = {
        module: [canonicalize_name(one) for one in providers[module]]
        for file in files
        for module in re.findall(r"^ *(?:from|import) (\w+)", file.read_text("utf-8"), re.MULTILINE)
        if module in providers
    }
    assert {"boto3", "aws_cdk", "ministack"} <= found.keys()
    assert [module for module, names in found.items() if not pinned.intersection(names)] == []


def test_two_versions_of_a_package_never_share_a_layer() -> None:
    pins = [_pin("a", "1"), _pin("b", "1"), _pin("a", "2"), _pin("a", "1"), _pin("a", "3")]
    divided = [[(pin.name, pin.version) for pin in layer] for layer in layers(pins)]
    assert divided == [[("a", "1"), ("b", "1")], [("a", "2")], [("a", "3")]]


def test_requirement_lines_carry_hashes_and_no_marker() -> None:
    assert requirement_lines([_pin("a", "1")]) == "a==1 --hash=sha256:ab\n"


def test_a_node_package_keeps_its_scope() -> None:
    names = {pin.name for pin in read_node_lock(ROOT / "package-lock.json")}
    document = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert names >= {*document["dependencies"], *document["devDependencies"]}
