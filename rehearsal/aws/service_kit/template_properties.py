"""Properties of a CloudFormation template as the request of an API's operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from rehearsal.aws.service_kit.model_validation import input_shape, validate
from rehearsal.aws.service_kit.operations import Record


def request_of(service: str, operation: str, properties: Mapping[str, Any]) -> Record:
    """The request; templates carry numbers and truth values as text.

    Raises:
        ModelValidationError: the model of the operation does not allow it.
    """
    request: Record = _typed(dict(properties), input_shape(service, operation))
    validate(service, operation, request)
    return request


def _typed(value: Any, shape: Shape | None) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {key: _typed(member, shape.members.get(key)) for key, member in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_typed(member, shape.member) for member in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _typed(member, shape.value) for key, member in value.items()}
    return _scalar(value, shape.type_name if shape else "")


def _scalar(value: Any, kind: str) -> Any:
    """Text that does not read as its type is left for the model check to refuse."""
    if not isinstance(value, str):
        return value
    try:
        if kind in ("integer", "long"):
            return int(value)
        if kind in ("float", "double"):
            return float(value)
    except ValueError:
        return value
    return value == "true" if kind == "boolean" and value in ("true", "false") else value
