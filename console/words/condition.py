"""The condition of a pipeline's step as a sentence.

Source: SageMaker pipeline definition schema 2020-12-01, `Condition` steps. What is written in
another way is shown as it is defined.
"""

import json
from collections.abc import Mapping
from typing import Any

_COMPARED = {
    "Equals": "is",
    "GreaterThan": "is more than",
    "GreaterThanOrEqualTo": "is at least",
    "LessThan": "is less than",
    "LessThanOrEqualTo": "is at most",
}
_DEEPEST = 8
_LONGEST = 300


def condition_in_words(arguments: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Say what has to hold.

    Args:
        arguments: of the step.
        values: of the execution's parameters.
    """
    told = arguments.get("Conditions")
    every = [_one(one, values, 0) for one in told] if isinstance(told, list) else []
    return " and ".join(every)


def _one(told: Any, values: Mapping[str, Any], depth: int) -> str:
    if not isinstance(told, Mapping) or depth > _DEEPEST:
        return _as_it_is(told)
    kind = str(told.get("Type"))
    if kind in _COMPARED:
        left, right = (_value(told.get(side), values) for side in ("LeftValue", "RightValue"))
        return f"{left} {_COMPARED[kind]} {right}"
    if kind == "In" and isinstance(told.get("Values"), list):
        among = ", ".join(_value(one, values) for one in told["Values"])
        return f"{_value(told.get('QueryValue'), values)} is one of {among}"
    if kind == "Not":
        return f"not ({_one(told.get('Expression'), values, depth + 1)})"
    if kind == "Or" and isinstance(told.get("Conditions"), list):
        return f"({' or '.join(_one(one, values, depth + 1) for one in told['Conditions'])})"
    return _as_it_is(told)


def _value(told: Any, values: Mapping[str, Any]) -> str:
    if isinstance(told, str):
        return told
    if isinstance(told, Mapping):
        got, found = told.get("Get"), told.get("Std:JsonGet")
        if isinstance(got, str):
            return _reference(got, values)
        if isinstance(found, Mapping):
            file = _file(found.get("PropertyFile"), values)
            return f"{found.get('Path', '')} of {file}"
    return _as_it_is(told)


def _file(told: Any, values: Mapping[str, Any]) -> str:
    got = told.get("Get") if isinstance(told, Mapping) else told
    return _reference(got, values) if isinstance(got, str) else _as_it_is(told)


def _reference(got: str, values: Mapping[str, Any]) -> str:
    parts = got.split(".")
    if parts[0] == "Parameters" and len(parts) == 2:
        value = values.get(parts[1])
        return parts[1] if value is None else f"{parts[1]} ({value})"
    if parts[0] == "Steps" and len(parts) == 4 and parts[2] == "PropertyFiles":
        return f"{parts[1]}'s {parts[3]}"
    return got


def _as_it_is(told: Any) -> str:
    try:
        text = json.dumps(told, default=str)
    except (ValueError, RecursionError):
        return "…"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
