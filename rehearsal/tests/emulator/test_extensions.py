"""The contract with MiniStack's private names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from rehearsal.aws.emulator import extensions
from rehearsal.tests.emulator.local_aws import ROOT


def test_the_installed_ministack_has_every_name_in_use() -> None:
    extensions.check_private_names()


def test_a_moved_name_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = {"ministack.core.router": ("SERVICE_PATTERNS", "SERVICES_OF_TOMORROW")}
    monkeypatch.setattr(extensions, "PRIVATE_NAMES", moved)
    with pytest.raises(extensions.MiniStackChangedError) as changed:
        extensions.check_private_names()
    assert "ministack.core.router.SERVICES_OF_TOMORROW is gone" in str(changed.value)
    assert "SERVICE_PATTERNS is gone" not in str(changed.value)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "MINISTACK_VERSION", "9.9.9")
    with pytest.raises(extensions.MiniStackChangedError, match=r"instead of 9\.9\.9"):
        extensions.check_private_names()


def test_every_private_name_in_use_is_under_the_contract() -> None:
    listed = {
        (module, name) for module, names in extensions.PRIVATE_NAMES.items() for name in names
    }
    used = {
        use
        for folder in ("aws", "catalog")
        for file in (ROOT / "rehearsal" / folder).rglob("*.py")
        for use in _private_uses(ast.parse(file.read_text()))
    }
    assert used - listed == set()
    assert listed - used == set()


def _private_uses(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Attributes and imports of MiniStack's modules whose names begin with an underscore."""
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"):
            for alias in node.names:
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                if alias.name.startswith("_"):
                    yield str(node.module), alias.name
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id in modules and node.attr.startswith("_"):
            yield modules[node.value.id], node.attr
