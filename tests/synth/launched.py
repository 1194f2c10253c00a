"""What CloudFormation makes of a project's template with some parameters: no more than this needs.

References to resources become `{LogicalId}`, their attributes `{LogicalId.Attribute}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NOTHING = object()


class Launch:
    """Resolves conditions and functions.

    Args:
        template: of the product.
        parameters: that are given; the others have their defaults.
    """

    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        known = template["Parameters"]
        defaults = {name: one["Default"] for name, one in known.items() if "Default" in one}
        assert parameters.keys() <= known.keys()
        self._parameters = {**defaults, **parameters}
        self._conditions = template.get("Conditions", {})
        self._resources = template["Resources"]

    def resources(self) -> dict[str, Any]:
        """What is made, with all properties resolved."""
        return {
            logical_id: self._resolve(resource)
            for logical_id, resource in self._resources.items()
            if self._holds(resource.get("Condition"))
        }

    def _holds(self, name: str | None) -> bool:
        return name is None or bool(self._resolve(self._conditions[name]))

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self._resolve, value) if one is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._call(function, argument)
        resolved = {key: self._resolve(one) for key, one in value.items()}
        return {key: one for key, one in resolved.items() if one is not _NOTHING}

    def _call(self, function: str, argument: Any) -> Any:
        if function == "Ref":
            if argument == "AWS::NoValue":
                return _NOTHING
            return self._parameters.get(argument, f"{{{argument}}}")
        if function == "Fn::GetAtt":
            return f"{{{'.'.join(argument)}}}"
        if function == "Fn::If":
            condition, yes, no = argument
            return self._resolve(yes if self._holds(condition) else no)
        first, *others = self._resolve(argument)
        match function:
            case "Fn::Not":
                return not first
            case "Fn::Equals":
                return first == others[0]
            case "Fn::Join":
                return first.join(others[0])
            case "Fn::Split":
                return others[0].split(first)
            case "Fn::Select":
                return others[0][int(first)]
        raise AssertionError(f"{function} is not modelled")
