"""What a program does, whatever it logs and however it spells the names of encodings.

Tools for mutants leave calls of loggers out by themselves, as PIT does: what is logged is for
people, and a test that holds its words would only hinder whoever makes them better.
Source: https://pitest.org/quickstart/maven/, `avoidCallsTo`
"""

from __future__ import annotations

import ast
import codecs

_LOGGER = "_log"
_CODING = ("encode", "decode")


def meaning_of(text: str) -> str:
    """A text that is the same for two programs that differ in nothing else.

    Args:
        text: of a Python file.
    """
    return ast.dump(_Meaning().visit(ast.parse(text)))


class _Meaning(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """A call of the logger is as good as none."""
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name == _LOGGER:
                return ast.Pass()
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """So is which logger it is."""
        if any(isinstance(one, ast.Name) and one.id == _LOGGER for one in node.targets):
            return ast.Pass()
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """An encoding has one name."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in _CODING:
            node.args = list(map(_named, node.args))
        for keyword in node.keywords:
            if keyword.arg == "encoding":
                keyword.value = _named(keyword.value)
        return self.generic_visit(node)


def _named(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.Constant(codecs.lookup(node.value).name)
        except LookupError:
            return node
    return node
