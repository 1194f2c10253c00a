"""What is not told of a thing is empty, and of the type that is told, but for what is named here.

A ledger that takes nothing for something would approve, deploy or send what nobody asked for.
"""

import importlib.util
import inspect
import sys
import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

FUNCTIONS = Path(__file__).resolve().parents[3] / "functions"
FILES = [
    file.relative_to(FUNCTIONS).as_posix()
    for file in sorted(FUNCTIONS.rglob("*.py"))
    if "@dataclass" in file.read_text(encoding="utf-8")
]
NOT_EMPTY = {
    "Decisions.is_clean": True,
    "Presence.tried": -1,
    "RegistryChange.is_decision": True,
    "StoredData.complete": True,
}


def _kinds(file: str) -> Iterator[tuple[type, dict[str, Any]]]:
    """The data classes of a file that is read anew, with the types of their fields."""
    name = f"read_anew_{file.removesuffix('.py').replace('/', '_')}"
    spec = importlib.util.spec_from_file_location(name, FUNCTIONS / file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        for kind in vars(module).values():
            if inspect.isclass(kind) and is_dataclass(kind) and kind.__module__ == name:
                yield kind, typing.get_type_hints(kind, vars(module))
    finally:
        del sys.modules[name]


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _types(hint: Any) -> tuple[type, ...]:
    if isinstance(hint, types.UnionType):
        return tuple(kind for each in typing.get_args(hint) for kind in _types(each))
    return (typing.get_origin(hint) or hint,)


@pytest.mark.parametrize("file", FILES)
def test_what_is_not_told_is_empty(file: str) -> None:
    kinds = list(_kinds(file))
    assert kinds
    for kind, hints in kinds:
        for field in fields(kind):
            default = _default(field)
            if default is MISSING:
                continue
            place = f"{kind.__name__}.{field.name}"
            assert isinstance(default, _types(hints[field.name])), place
            assert default == NOT_EMPTY.get(place, type(default)()), place
