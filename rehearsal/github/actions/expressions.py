"""GitHub's expression language, for what must be known before a job starts.

act evaluates the steps; job conditions, environment names, concurrency groups and timeouts decide
whether and how act is started at all. Language:
https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

import re
from typing import Any

from rehearsal.github.actions.expression_parser import Parser, as_text, truthy

_EXPRESSION = re.compile(r"\$\{\{((?:[^'}]|'[^']*'|}(?!}))*)\}\}")
_GITHUB_PROPERTY = re.compile(r"'(?:[^']|'')*'|(?<![\w.-])(github|runner)\.([A-Za-z_]+)(?![\w.-])")
_STATUS = re.compile(r"\b(success|failure|always|cancelled)\s*\(", re.IGNORECASE)


class Expressions:
    """Evaluates expressions against contexts.

    Args:
        contexts: ``github``, ``needs``, ``inputs``, ``vars``, … as plain data.
        status: ``success``, ``failure`` or ``cancelled``: what happened before this job.
    """

    def __init__(self, contexts: dict[str, Any], status: str = "success") -> None:
        self._contexts = contexts
        self._status = status

    def value(self, text: str) -> Any:
        """The value of one expression, without ``${{ }}``."""
        return Parser(text, self._contexts, self._status).parse()

    def text(self, template: object) -> str:
        """A text with its ``${{ }}`` replaced."""
        if not isinstance(template, str):
            return as_text(template)
        return _EXPRESSION.sub(lambda found: as_text(self.value(found.group(1))), template)

    def condition(self, text: object) -> bool:
        """A job's ``if``; without a status function it implies ``success()``."""
        if text is None:
            return self._status == "success"
        if isinstance(text, bool):
            return text and self._status == "success"
        bare = str(text).strip()
        whole = _EXPRESSION.fullmatch(bare)
        if whole:
            bare = whole.group(1)
        elif "${{" in bare:
            return bool(self.text(bare)) and self._status == "success"
        value = truthy(self.value(bare))
        return value if _STATUS.search(bare) else value and self._status == "success"


def replace_properties(text: str, literals: dict[str, str], *, whole: bool = False) -> str:
    """Write known values of ``github.…`` and ``runner.…`` into a text's expressions.

    ``literals`` are values by dotted name, such as ``github.repository_id``; ``whole`` says that
    the text is one expression even without ``${{ }}`` (an ``if``).
    """

    def literal(found: re.Match[str]) -> str:
        name = f"{found.group(1)}.{found.group(2)}"
        if name not in literals:
            return found.group(0)
        return "'" + literals[name].replace("'", "''") + "'"

    if whole and "${{" not in text:
        return _GITHUB_PROPERTY.sub(literal, text)
    return _EXPRESSION.sub(
        lambda found: "${{" + _GITHUB_PROPERTY.sub(literal, found.group(1)) + "}}", text
    )
