"""Which statement and which function a line of a Python file belongs to."""

from __future__ import annotations

import ast
from dataclasses import dataclass

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Place:
    """Where a change is.

    Attributes:
        function: its name with those of what is around it; empty in a module.
        line: of the change, from 1.
        lines: of the statement, or of a compound statement's head.
        entered: lines that run if the change can be noticed: those, for a default value of an
            argument the function's own, none where the change takes effect on import.
    """

    function: str
    line: int
    lines: frozenset[int]
    entered: frozenset[int]


class Places:
    """The statements of one file."""

    def __init__(self, tree: ast.Module) -> None:
        self._found: list[tuple[ast.stmt, tuple[str, ...], bool]] = []
        self._visit(tree, (), inside=False)

    def _visit(self, node: ast.AST, names: tuple[str, ...], *, inside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            is_named = isinstance(child, (*_FUNCTIONS, ast.ClassDef))
            below = (*names, child.name) if is_named else names  # type: ignore[attr-defined]
            if isinstance(child, ast.stmt):
                self._found.append((child, below, inside))
            within = inside or isinstance(child, _FUNCTIONS)
            self._visit(child, below, inside=within)

    def at(self, line: int) -> Place:
        """The innermost statement around a line."""
        around = [one for one in self._found if _first(one[0]) <= line <= (one[0].end_lineno or 0)]
        if not around:
            return Place("", line, frozenset({line}), frozenset())
        statement, names, inside = max(around, key=lambda one: _first(one[0]))
        lines = _head(statement)
        function = ".".join(names)
        if isinstance(statement, _FUNCTIONS):
            body = range(statement.body[0].lineno, (statement.end_lineno or 0) + 1)
            return Place(function, line, lines, frozenset(body))
        return Place(function, line, lines, lines if inside else frozenset())


def places_of(text: str) -> Places:
    """Read a file's statements."""
    return Places(ast.parse(text))


def _first(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _head(statement: ast.stmt) -> frozenset[int]:
    """Lines of a simple statement, or of a compound one before its first block."""
    inner = [
        child.lineno
        for name in ("body", "cases", "handlers")
        for child in [*getattr(statement, name, [])][:1]
        if isinstance(child, (ast.stmt, ast.ExceptHandler))
    ]
    last = min(inner) - 1 if inner else statement.end_lineno or statement.lineno
    return frozenset(range(_first(statement), max(last, statement.lineno) + 1))
