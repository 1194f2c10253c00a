"""The parameters of a pipeline: their declarations, and the values of one execution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.aws.sagemaker.errors import RequestRefusedError

_TYPES = ("String", "Integer", "Float", "Boolean")


@dataclass(frozen=True)
class Parameter:
    """One declared parameter; `default` is None when a value must be given."""

    name: str
    type: str
    default: Any = None
    allowed: tuple[Any, ...] = ()

    def convert(self, value: Any) -> Any:
        """A given value as its type.

        Raises:
            RequestRefusedError: names the parameter, the value and the type.
        """
        try:
            converted = _converted(self.type, value)
        except ValueError as error:
            raise RequestRefusedError(
                f"Pipeline parameter {self.name} has the value '{value}', which is not a "
                f"{self.type}."
            ) from error
        if self.allowed and converted not in self.allowed:
            raise RequestRefusedError(
                f"Pipeline parameter {self.name} has the value '{value}', which is not one of "
                f"{', '.join(map(str, self.allowed))}."
            )
        return converted


def read_parameters(declarations: list[Any]) -> dict[str, Parameter]:
    """Parse the declarations of a definition."""
    parameters: dict[str, Parameter] = {}
    for declaration in declarations:
        name, kind = declaration.get("Name"), declaration.get("Type")
        if not name or kind not in _TYPES or name in parameters:
            raise RequestRefusedError(
                f"Unable to parse pipeline definition. Parameter {name} of type {kind} is not "
                f"valid; parameters have unique names and a type of {', '.join(_TYPES)}."
            )
        allowed = tuple(declaration.get("EnumValues") or ())
        parameter = Parameter(name, kind, None, allowed)
        default = declaration.get("DefaultValue")
        if default is not None:
            parameter = Parameter(name, kind, parameter.convert(default), allowed)
        parameters[name] = parameter
    return parameters


def effective_values(
    parameters: Mapping[str, Parameter], given: list[dict[str, str]]
) -> dict[str, Any]:
    """The values of an execution: those given, and the defaults of the rest.

    Raises:
        RequestRefusedError: a parameter is unknown, missing or of the wrong type.
    """
    for item in given:
        if item["Name"] not in parameters:
            raise RequestRefusedError(f"Unknown parameter '{item['Name']}'")
        if not item["Value"]:
            # In aws/sagemaker-python-sdk#4016; the words above are of the SDK's local mode.
            raise RequestRefusedError('[string "" is too short (length: 0, required minimum: 1)]')
    values = {name: parameter.default for name, parameter in parameters.items()}
    values.update({item["Name"]: parameters[item["Name"]].convert(item["Value"]) for item in given})
    missing = [name for name, value in values.items() if value is None]
    if missing:
        raise RequestRefusedError(f"Assign value for parameters: {', '.join(missing)}")
    return values


def _converted(kind: str, value: Any) -> Any:
    if kind == "Boolean":
        text = str(value).lower()
        if text not in ("true", "false"):
            raise ValueError(text)
        return text == "true"
    if kind == "Integer" and isinstance(value, bool | float):
        raise ValueError(value)
    return {"String": str, "Integer": int, "Float": float}[kind](value)
