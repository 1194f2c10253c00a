"""The corrections stand in one chain, and where their order matters it is declared."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from rehearsal.aws.emulator.corrections.chain import ORDER

_ROOT = Path(__file__).resolve().parents[4]
_EMULATOR = _ROOT / "rehearsal" / "aws" / "emulator"
_PAGE = _ROOT / "rehearsal" / "docs" / "decisions" / "aws-ministack.md"
_TESTS = _ROOT / "rehearsal" / "tests" / "emulator"


@pytest.fixture(scope="module")
def bound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The names of MiniStack that each correction binds, in the order of the chain."""
    state = tmp_path_factory.mktemp("state")
    command = [sys.executable, "-m", "rehearsal.tests.unit.emulator.bound_names", str(state)]
    done = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)
    names: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return names


def test_what_several_corrections_bind_has_its_order_declared(bound: dict[str, list[str]]) -> None:
    binding = defaultdict(list)
    for correction, names in bound.items():
        for name in names:
            binding[name].append(correction)
    wrapped = {name: by for name, by in binding.items() if len(by) > 1}
    declared = {
        name: [module.__name__.removeprefix("rehearsal.aws.emulator.") for module in order.by]
        for name, order in ORDER.items()
    }
    assert wrapped == declared


def test_each_correction_does_something_and_is_in_the_chain(bound: dict[str, list[str]]) -> None:
    corrections = {
        ".".join(file.relative_to(_EMULATOR).with_suffix("").parts)
        for file in _EMULATOR.rglob("*.py")
        if "\ndef apply(" in file.read_text(encoding="utf-8")
    }
    assert set(bound) == corrections
    assert [correction for correction, names in bound.items() if not names] == []


def test_each_correction_is_on_the_page(bound: dict[str, list[str]]) -> None:
    page = _PAGE.read_text(encoding="utf-8")
    named = {correction: correction.rpartition(".")[2] for correction in bound}
    told = (f"`{name}`" in page or f"/{name}.py`" in page for name in named.values())
    assert [
        correction for correction, is_told in zip(named, told, strict=True) if not is_told
    ] == []


def test_each_correction_has_a_test_of_its_name(bound: dict[str, list[str]]) -> None:
    missing = [
        correction
        for correction in bound
        for *folders, name in [correction.removeprefix("corrections.").split(".")]
        if not _TESTS.joinpath(*folders, f"test_{name}.py").is_file()
    ]
    assert missing == []


def test_nobody_keeps_what_a_correction_replaces(bound: dict[str, list[str]]) -> None:
    """An import by name, from a module that is read before the chain, has the uncorrected one."""
    replaced = {f"ministack.{name}" for names in bound.values() for name in names}
    kept = [
        f"{file.relative_to(_ROOT)} imports {node.module}.{alias.name}"
        for file in (_ROOT / "rehearsal" / "aws").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if f"{node.module}.{alias.name}" in replaced
    ]
    assert kept == []
