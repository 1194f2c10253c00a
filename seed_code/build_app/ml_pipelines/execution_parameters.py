"""The values of `--parameters`, checked against what the pipeline declares before AWS is asked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ml_pipelines.command_line import parse_json
from ml_pipelines.settings import PipelineSettings, SettingsError, first_reason

# Which setting a parameter replaces for one execution: what holds for the one holds for the other.
REPLACED_SETTINGS = {
    "InputDataUrl": ("data", "url"),
    "ProcessingInstanceType": ("jobs", "processing_instance_type"),
    "TrainingInstanceType": ("jobs", "training_instance_type"),
    "ModelApprovalStatus": ("registration", "approval_status"),
    "MetricThreshold": ("gate", "threshold"),
}
# The limit of the API: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Parameter.html
LONGEST_VALUE = 1024
_LONGEST_SHOWN = 80
Value = str | int | float | bool


def read_parameters(text: str) -> dict[str, Any]:
    """Return the values of `--parameters`.

    Raises:
        SettingsError: it is no JSON object.
    """
    given = parse_json(text, option="--parameters")
    if not isinstance(given, dict):
        raise SettingsError(
            "--parameters must be a JSON object such as '{\"MetricThreshold\": 5.5}'."
        )
    return given


def check_parameters(
    given: Mapping[str, Any], definition: str, settings: PipelineSettings
) -> dict[str, str]:
    """Return the values as the API takes them.

    Raises:
        SettingsError: one is not what its parameter takes, or there is no such parameter.
    """
    declared = declared_parameters(definition)
    return {name: _checked(name, value, declared, settings) for name, value in given.items()}


def declared_parameters(definition: str) -> dict[str, dict[str, Any]]:
    """The parameters that a pipeline's definition declares, by name."""
    return {item["Name"]: item for item in json.loads(definition).get("Parameters", [])}


def _checked(name: str, value: Any, declared: Mapping[str, Any], settings: PipelineSettings) -> str:
    if name not in declared:
        raise _refused(name, f"the pipeline has {', '.join(declared) or 'none'}")
    kind = declared[name]["Type"]
    try:
        typed = _typed(kind, value)
    except (OverflowError, ValueError) as error:
        raise _refused(name, f"{_shown(value)} is not a {kind}") from error
    allowed = declared[name].get("EnumValues")
    if allowed and typed not in allowed:
        raise _refused(name, f"{_shown(value)} is not one of {', '.join(map(str, allowed))}")
    text = str(typed)
    if not 1 <= len(text) <= LONGEST_VALUE:
        raise _refused(
            name, f"a value has 1 to {LONGEST_VALUE} characters, and this has {len(text)}"
        )
    if name in REPLACED_SETTINGS:
        _check_setting(name, typed, settings)
    return text


def _typed(kind: str, value: Any) -> Value:
    """A JSON value, or a text of it as the API has them, in the type of a parameter."""
    if kind == "String":
        if isinstance(value, str):
            return value
    elif kind == "Boolean":
        if str(value).lower() in ("true", "false"):
            return str(value).lower() == "true"
    elif isinstance(value, int | float | str) and not isinstance(value, bool):
        if kind == "Integer" and not isinstance(value, float):
            return int(value)
        if kind == "Float" and math.isfinite(float(value)):
            return float(value)
    raise ValueError(value)


def _check_setting(name: str, value: Value, settings: PipelineSettings) -> None:
    section, member = REPLACED_SETTINGS[name]
    values = settings.model_dump()
    values[section][member] = value
    try:
        PipelineSettings.model_validate(values)
    except ValidationError as error:
        raise _refused(name, first_reason(error)) from error
    if name == "InputDataUrl" and "{" in str(value):
        raise _refused(name, "a value is taken as it stands; write the region")


def _shown(value: Any) -> str:
    return json.dumps(value)[:_LONGEST_SHOWN]


def _refused(name: str, why: str) -> SettingsError:
    shown = name if name.isprintable() else repr(name)
    return SettingsError(f"parameter {shown[:_LONGEST_SHOWN]} of --parameters is refused: {why}.")
