"""The conditions of a Condition step."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.aws.sagemaker.pipelines.expressions import ExpressionError

Resolve = Callable[[Any], Any]

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}
_ORDERED = frozenset(_COMPARISONS) - {"Equals"}
CONDITION_TYPES = frozenset((*_COMPARISONS, "In", "Not", "And", "Or"))


def holds(condition: Mapping[str, Any], resolve: Resolve) -> bool:
    """Whether a condition is true.

    Raises:
        ExpressionError: a side has no value, or the two sides cannot be compared.
    """
    kind = condition["Type"]
    if kind == "Not":
        return not holds(condition["Expression"], resolve)
    if kind == "And":
        return all(holds(part, resolve) for part in condition["Conditions"])
    if kind == "Or":
        return any(holds(part, resolve) for part in condition["Conditions"])
    if kind == "In":
        return resolve(condition["QueryValue"]) in [resolve(v) for v in condition["Values"]]
    return _compare(kind, resolve(condition["LeftValue"]), resolve(condition["RightValue"]))


def problem(condition: Any) -> str | None:
    """What is wrong with how a condition is written; None when nothing is."""
    if not isinstance(condition, Mapping) or condition.get("Type") not in CONDITION_TYPES:
        kind = condition.get("Type") if isinstance(condition, Mapping) else condition
        return f"unknown condition type {kind}; known are {', '.join(sorted(CONDITION_TYPES))}"
    kind = condition["Type"]
    needed: dict[str, tuple[str, ...]] = {
        "Not": ("Expression",),
        "And": ("Conditions",),
        "Or": ("Conditions",),
        "In": ("QueryValue", "Values"),
    }
    for name in needed.get(kind, ("LeftValue", "RightValue")):
        if name not in condition:
            return f"condition {kind} has no {name}"
    parts = [condition["Expression"]] if kind == "Not" else []
    parts += condition["Conditions"] if kind in ("And", "Or") else []
    return next((found for part in parts if (found := problem(part))), None)


def _compare(kind: str, left: Any, right: Any) -> bool:
    numbers = all(isinstance(side, int | float) for side in (left, right))
    texts = all(isinstance(side, str) for side in (left, right))
    if kind in _ORDERED and not (numbers or texts):
        raise ExpressionError(f"{left!r} and {right!r} cannot be compared with {kind}.")
    return _COMPARISONS[kind](left, right)
