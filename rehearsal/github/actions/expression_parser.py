"""Reads and evaluates one expression of GitHub's language.

Language: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

import json
import re
from collections.abc import Callable
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)|(?P<sign>&&|\|\||[=!<>]=|[!<>()\[\].,*]))"
)
_KEYWORDS = {"true": True, "false": False, "null": None}


class ExpressionError(Exception):
    """An expression that cannot be read or that uses something not modelled."""


def as_text(value: object) -> str:
    """A value where a text is wanted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):
        return "Object"
    return "Array" if isinstance(value, list) else str(value)


def truthy(value: object) -> bool:
    """False, 0, empty text and null are false; objects and arrays are true."""
    return isinstance(value, dict | list) or (bool(value) and str(value) != "nan")


def _as_number(value: object) -> float:
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    try:
        return float(str(value).strip())
    except ValueError:
        return float("nan")


def _equal(left: object, right: object) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if isinstance(left, dict | list) or isinstance(right, dict | list):
        return left is right
    if left is None and right is None:
        return True
    return _as_number(left) == _as_number(right)


def _format(template: object, *values: object) -> str:
    def put(found: re.Match[str]) -> str:
        if found.group(1) is None:
            return found.group(0)[0]
        return as_text(values[int(found.group(1))])

    return re.sub(r"\{\{|\}\}|\{(\d+)\}", put, as_text(template))


def _contains(where: object, what: object) -> bool:
    if isinstance(where, list):
        return any(_equal(item, what) for item in where)
    return as_text(what).lower() in as_text(where).lower()


def _join(items: object, separator: object = ",") -> str:
    listed = items if isinstance(items, list) else [items]
    return as_text(separator).join(as_text(item) for item in listed)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "contains": _contains,
    "startswith": lambda t, p: as_text(t).lower().startswith(as_text(p).lower()),
    "endswith": lambda t, p: as_text(t).lower().endswith(as_text(p).lower()),
    "format": _format,
    "join": _join,
    "tojson": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
    "fromjson": lambda text: json.loads(as_text(text)),
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "<": lambda a, b: _as_number(a) < _as_number(b),
    "<=": lambda a, b: _as_number(a) <= _as_number(b),
    ">": lambda a, b: _as_number(a) > _as_number(b),
    ">=": lambda a, b: _as_number(a) >= _as_number(b),
}
_OPERATORS: tuple[dict[str, Callable[[Any, Any], Any]], ...] = (
    {"||": lambda a, b: a if truthy(a) else b},
    {"&&": lambda a, b: b if truthy(a) else a},
    _COMPARISONS,
)


class Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str, contexts: dict[str, Any], status: str) -> None:
        self._text = text
        self._contexts = contexts
        self._status = status
        self._tokens = self._split(text)
        self._at = 0

    def parse(self) -> Any:
        """The value of the whole expression."""
        if not self._tokens:
            return ""
        value = self._either()
        if self._at < len(self._tokens):
            raise ExpressionError(f"`{self._text.strip()}`: unexpected `{self._peek()}`.")
        return value

    def _split(self, text: str) -> list[tuple[str, str]]:
        tokens, at = [], 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                raise ExpressionError(f"`{text.strip()}` is not an expression.")
            tokens.append((found.lastgroup, found.group(found.lastgroup)))
            at = found.end()
        return tokens

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self, sign: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == ("sign", sign):
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise ExpressionError(f"`{self._text.strip()}`: expected `{sign}`.")

    def _either(self, level: int = 0) -> Any:
        """Operands of one level of precedence, from `||` down to comparisons."""
        if level == len(_OPERATORS):
            return self._negated()
        value = self._either(level + 1)
        while (sign := self._peek()) in _OPERATORS[level] and self._take(sign):
            value = _OPERATORS[level][sign](value, self._either(level + 1))
        return value

    def _negated(self) -> Any:
        if self._take("!"):
            return not truthy(self._negated())
        return self._selected(self._primary())

    def _primary(self) -> Any:
        if self._take("("):
            value = self._either()
            self._expect(")")
            return value
        if self._at >= len(self._tokens):
            raise ExpressionError(f"`{self._text.strip()}` ends too early.")
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "string":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(int(text, 16)) if "0x" in text else float(text)
        if kind == "name":
            return self._call(text) if self._take("(") else self._named(text)
        raise ExpressionError(f"`{self._text.strip()}`: unexpected `{text}`.")

    def _named(self, name: str) -> Any:
        if name in _KEYWORDS:
            return _KEYWORDS[name]
        if name not in self._contexts:
            raise ExpressionError(f"`{self._text.strip()}`: no context `{name}` is available here.")
        return self._contexts[name]

    def _call(self, name: str) -> Any:
        arguments = []
        while not self._take(")"):
            arguments.append(self._either())
            if self._peek() != ")":
                self._expect(",")
        lower = name.lower()
        if lower in {"always", "success", "failure", "cancelled"}:
            return lower in {"always", self._status}
        if lower not in _FUNCTIONS:
            raise ExpressionError(f"`{self._text.strip()}`: no function `{name}` here.")
        return _FUNCTIONS[lower](*arguments)

    def _selected(self, value: Any) -> Any:
        while True:
            if self._take("."):
                if self._take("*"):
                    value = list(value.values() if isinstance(value, dict) else value or [])
                    continue
                key: object = self._tokens[self._at][1] if self._at < len(self._tokens) else ""
                self._at += 1
            elif self._take("["):
                key = self._either()
                self._expect("]")
            else:
                return value
            value = _property(value, key)


def _property(value: object, key: object) -> object:
    if isinstance(value, list):
        if isinstance(key, float) and 0 <= key < len(value):
            return value[int(key)]
        return [_property(item, key) for item in value] if isinstance(key, str) else None
    if isinstance(value, dict):
        wanted = as_text(key).lower()
        return next((v for k, v in value.items() if str(k).lower() == wanted), None)
    return None
