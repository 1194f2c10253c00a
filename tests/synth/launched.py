"""What CloudFormation makes of a project's template when some parameters are known.

What depends on others stays as the template has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NOTHING = {"Ref": "AWS::NoValue"}
DEFAULT_STAGES = ("dev", "staging", "prod")
SIX_STAGES = ("qa", "live", "c", "d4", "e", "f" * 20)


def launch(template: Mapping[str, Any], **parameters: str) -> dict[str, Any]:
    """The template with conditions and functions resolved, without what is not made."""
    assert parameters.keys() <= template["Parameters"].keys()
    known = _Known(parameters, template.get("Conditions", {}))
    made = {
        logical_id: {key: known.resolve(part) for key, part in resource.items()}
        for logical_id, resource in template["Resources"].items()
        if known.holds(resource.get("Condition")) is not False
    }
    return {**template, "Resources": made}


def launch_stages(template: Mapping[str, Any], *stages: str) -> dict[str, Any]:
    """The template of a project with these stages in the first places, or with the usual ones."""
    return launch(template, Stages=",".join(stages or DEFAULT_STAGES))


class _Known:
    """Parameters whose values are known, and conditions that may follow from them."""

    def __init__(self, parameters: Mapping[str, str], conditions: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._conditions = conditions

    def holds(self, condition: str | None) -> bool | None:
        """Whether a condition holds; None if that is not known."""
        if condition is None:
            return True
        told = self.resolve(self._conditions[condition])
        return told if isinstance(told, bool) else None

    def resolve(self, value: Any) -> Any:
        """A part of the template."""
        if isinstance(value, list):
            return [one for one in map(self.resolve, value) if one != _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref":
                return self._parameters.get(argument, value)
            if function == "Fn::If":
                return self._branch(*argument)
            if function.startswith("Fn::"):
                return self._call(function, argument)
        resolved = {key: self.resolve(one) for key, one in value.items()}
        return {key: one for key, one in resolved.items() if one != _NOTHING}

    def _branch(self, condition: str, yes: Any, no: Any) -> Any:
        holds = self.holds(condition)
        if holds is None:
            branches = [one if one == _NOTHING else self.resolve(one) for one in (yes, no)]
            return {"Fn::If": [condition, *branches]}
        chosen = yes if holds else no
        return chosen if chosen == _NOTHING else self.resolve(chosen)

    def _call(self, function: str, argument: Any) -> Any:
        arguments = self.resolve(argument)
        match function, arguments:
            case "Fn::Join", [str(separator), list(parts)]:
                return _join(separator, parts)
            case "Fn::Split", [str(separator), str(text)]:
                return text.split(separator)
            case "Fn::Select", [int() | str() as number, list(parts)]:
                return parts[int(number)]
            case "Fn::Equals", [str(one), str(other)]:
                return one == other
            case "Fn::Not", [bool(told)]:
                return not told
        return {function: arguments}


def _join(separator: str, parts: list[Any]) -> Any:
    """A text, or a function with as few parts as the CDK writes."""
    if all(isinstance(part, str) for part in parts):
        return separator.join(parts)
    if separator:
        return {"Fn::Join": [separator, parts]}
    merged: list[Any] = []
    for part in parts:
        nested = part["Fn::Join"] if isinstance(part, dict) and "Fn::Join" in part else None
        for one in nested[1] if nested and nested[0] == "" else [part]:
            if merged and isinstance(one, str) and isinstance(merged[-1], str):
                merged[-1] += one
            else:
                merged.append(one)
    return {"Fn::Join": ["", merged]}
