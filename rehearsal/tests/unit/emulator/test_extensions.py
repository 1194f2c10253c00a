"""The contract with MiniStack, of whose version each name in use is known."""

from __future__ import annotations

import ast
import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.aws.emulator import extensions

_AWS = Path(extensions.__file__).resolve().parents[1]


def test_the_installed_version_is_the_one_in_use() -> None:
    extensions.check_version()


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "MINISTACK_VERSION", "9.9.9")
    with pytest.raises(extensions.MiniStackChangedError, match=r"instead of 9\.9\.9"):
        extensions.check_version()


def test_the_installed_version_has_every_name_in_use() -> None:
    """One that is gone would be bound anew by a correction, which would then correct nothing."""
    used = {
        use
        for file in _AWS.rglob("*.py")
        for use in _uses(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert len(used) > 150
    assert sorted(f"{module}.{name}" for module, name in used if not _has(module, name)) == []


def test_a_name_that_is_gone_is_found() -> None:
    code = "from ministack.core import router as r\nr.SERVICES_OF_TOMORROW = r.SERVICE_PATTERNS\n"
    uses = set(_uses(ast.parse(f"{code}wrap(ours, 'route_of_tomorrow', r)\n")))
    gone = {name for module, name in uses if not _has(module, name)}
    assert gone == {"SERVICES_OF_TOMORROW", "route_of_tomorrow"}


def _uses(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a module imports from MiniStack, and the attributes that it takes of its modules."""
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"):
            for alias in node.names:
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield str(node.module), alias.name
    for node in ast.walk(tree):
        is_attribute = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if is_attribute and _is_module(modules.get(node.value.id, "")):
            yield modules[node.value.id], node.attr
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "wrap":
            _ours, name, *holders = map(ast.unparse, node.args)
            yield from ((modules[h], ast.literal_eval(name)) for h in holders if h in modules)


def _is_module(name: str) -> bool:
    parent = name.rpartition(".")[0]
    return bool(parent and hasattr(importlib.import_module(parent), "__path__")) and (
        importlib.util.find_spec(name) is not None
    )


def _has(module: str, name: str) -> bool:
    return hasattr(importlib.import_module(module), name) or _is_module(f"{module}.{name}")
