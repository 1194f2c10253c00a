"""Policy variables such as `${aws:PrincipalTag/team}` stand for what the request brings along.

MiniStack takes them literally, and looks up the tags of a resource only if an identity policy asks,
not for a permissions boundary that does.
Source: IAM user guide, "IAM policy elements: Variables and tags" (a variable without a value makes
the statement match nothing).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ministack.core import iam_evaluator

from rehearsal.aws.emulator.wrapping import wrap

_VARIABLE = re.compile(r"\$\{([^}]+)\}")


class _NoValueError(Exception):
    """The request has no value for a variable."""


def apply() -> None:
    """Put values in the place of variables before a statement is compared."""
    wrap(_first_match_with_values, "_first_match", iam_evaluator)
    iam_evaluator._names_condition_key = lambda _policies, _prefix: True


def _first_match_with_values(
    first_match: Any, context: Any, statements: list[Any], effect: str
) -> Any:
    with_values = [_with_values(statement, context) for statement in statements]
    return first_match(context, [s for s in with_values if s is not None], effect)


def _with_values(statement: Any, context: Any) -> Any | None:
    parts = (statement.resources, statement.not_resources, statement.conditions)
    if "${" not in str(parts):
        return statement
    try:
        resources, not_resources, conditions = (_filled(part, context) for part in parts)
    except _NoValueError:
        return None
    return replace(
        statement, resources=resources, not_resources=not_resources, conditions=conditions
    )


def _filled(value: Any, context: Any) -> Any:
    if isinstance(value, list):
        return [_filled(item, context) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, context) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    return _VARIABLE.sub(lambda match: _value(match.group(1), context), value)


def _value(key: str, context: Any) -> str:
    found = iam_evaluator._resolve_condition_key(key, context)
    if not isinstance(found, str):
        raise _NoValueError(key)
    return found
