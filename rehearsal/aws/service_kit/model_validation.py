"""Checks requests, and shapes answers, by the botocore model of an operation.

Every service of ours sends each request through `validate` before it looks at it and each answer
through `shape_output` before it leaves, so a request that AWS would refuse is refused here and a
client never sees a member that AWS does not send.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import botocore.session
import regex
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

_SCALAR_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "blob": (str, bytes),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str, datetime),
}
_NUMBERS = ("integer", "long", "float", "double")
# Java writes the code points above U+FFFF as a range of surrogate pairs.
_SURROGATE_RANGE = r"\uD800\uDC00-\uDBFF\uDFFF"
_FULL_RANGE = r"\U00010000-\U0010FFFF"


class ModelValidationError(Exception):
    """Request or answer does not fit the service's model; the message is worded as AWS words it."""


def validate(service: str, operation: str, params: dict[str, Any]) -> None:
    """Refuse parameters that the botocore model of the operation does not allow.

    Checks required members, unknown members, types, lengths, ranges, patterns and enumerations.

    Args:
        service: botocore's service name, such as `sagemaker` or `servicecatalog`.
        operation: the API's name, such as `CreateProject`.
        params: the request as on the wire (JSON), timestamps as numbers.

    Raises:
        ModelValidationError: all problems in one message; correct the named members.
    """
    shape = input_shape(service, operation)
    problems = list(_structure_problems(shape, params, "") if shape else ())
    if problems:
        plural = "error" if len(problems) == 1 else "errors"
        raise ModelValidationError(
            f"{len(problems)} validation {plural} detected: {'; '.join(problems)}"
        )


def shape_output(service: str, operation: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """Cut a record down to what the operation answers; timestamps become epoch seconds.

    Members that the model does not name, and members that are None, are left out.

    Raises:
        ModelValidationError: a value has the wrong type or a required member is missing, which
            is a defect of the service that answers.
    """
    shape = _operation(service, operation).output_shape
    shaped: dict[str, Any] = _shaped(shape, result, operation) if shape else {}
    return shaped


def input_shape(service: str, operation: str) -> StructureShape | None:
    """The model of what an operation is asked; None when it takes nothing."""
    return _operation(service, operation).input_shape


def is_operation(service: str, operation: str) -> bool:
    """Whether AWS has an operation of this name in the service."""
    return operation in _service_model(service).operation_names


@functools.cache
def _service_model(service: str) -> ServiceModel:
    return botocore.session.Session().get_service_model(service)


def _operation(service: str, operation: str) -> OperationModel:
    return _service_model(service).operation_model(operation)


@functools.cache
def _pattern(text: str) -> regex.Pattern[str]:
    return regex.compile(text.replace(_SURROGATE_RANGE, _FULL_RANGE))


def _problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _structure_problems(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _list_problems(shape, value, path)
    elif isinstance(shape, MapShape):
        yield from _map_problems(shape, value, path)
    else:
        yield from _scalar_problems(shape, value, path)


def _structure_problems(shape: StructureShape, value: Any, path: str) -> Iterator[str]:
    if shape.is_document_type:
        return
    if not isinstance(value, Mapping):
        yield f"Value at '{path}' must be an object"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield _failed("null", _join(path, name), "Member must not be null")
    for name, member in value.items():
        if name not in shape.members:
            yield f"Unknown member '{_join(path, name)}'"
        elif member is not None:
            yield from _problems(shape.members[name], member, _join(path, name))
    if shape.is_tagged_union and len([m for m in value.values() if m is not None]) != 1:
        yield f"Value at '{path}' must have exactly one member set"


def _list_problems(shape: ListShape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        yield f"Value at '{path}' must be a list"
        return
    yield from _length_problems(shape, value, path)
    for index, member in enumerate(value, 1):
        yield from _problems(shape.member, member, f"{path}.{index}.member")


def _map_problems(shape: MapShape, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"Value at '{path}' must be a map"
        return
    yield from _length_problems(shape, value, path)
    for key, member in value.items():
        yield from _problems(shape.key, key, f"{path}.key")
        yield from _problems(shape.value, member, f"{path}.{key}.value")


def _scalar_problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if not _has_type(shape, value):
        yield f"Value at '{path}' must be of type {shape.type_name}"
        return
    shown = "*****" if shape.metadata.get("sensitive") else str(value)
    if isinstance(value, str) and shape.type_name == "string":
        yield from _string_problems(shape, value, shown, path)
    elif shape.type_name in _NUMBERS:
        yield from _range_problems(shape, value, path)


def _string_problems(shape: Shape, value: str, shown: str, path: str) -> Iterator[str]:
    yield from _length_problems(shape, value, path, shown)
    pattern = shape.metadata.get("pattern")
    if pattern and not _pattern(pattern).fullmatch(value):
        rule = f"Member must satisfy regular expression pattern: {pattern}"
        yield _failed(shown, path, rule)
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        rule = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        yield _failed(shown, path, rule)


def _length_problems(shape: Shape, value: Any, path: str, shown: str = "") -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    text = shown or f"a collection of {len(value)}"
    if low is not None and len(value) < low:
        yield _failed(text, path, f"Member must have length greater than or equal to {low}")
    if high is not None and len(value) > high:
        yield _failed(text, path, f"Member must have length less than or equal to {high}")


def _range_problems(shape: Shape, value: float, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield _failed(value, path, f"Member must have value greater than or equal to {low}")
    if high is not None and value > high:
        yield _failed(value, path, f"Member must have value less than or equal to {high}")


def _has_type(shape: Shape, value: Any) -> bool:
    if isinstance(value, bool):
        return bool(shape.type_name == "boolean")
    return isinstance(value, _SCALAR_TYPES[shape.type_name])


def _failed(value: object, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def _join(path: str, name: str) -> str:
    lowered = name[:1].lower() + name[1:]
    return f"{path}.{lowered}" if path else lowered


def _shaped(shape: Shape, value: Any, path: str) -> Any:
    if isinstance(shape, StructureShape) and not shape.is_document_type:
        return _shaped_structure(shape, value, path)
    if isinstance(shape, ListShape):
        return [_shaped(shape.member, member, f"{path}[]") for member in value]
    if isinstance(shape, MapShape):
        return {key: _shaped(shape.value, member, f"{path}.{key}") for key, member in value.items()}
    if not isinstance(shape, StructureShape) and not _has_type(shape, value):
        raise ModelValidationError(f"{path} must be of type {shape.type_name}, not {value!r}")
    return value.timestamp() if isinstance(value, datetime) else value


def _shaped_structure(shape: StructureShape, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ModelValidationError(f"{path} must be an object, not {value!r}")
    missing = [name for name in shape.required_members if value.get(name) is None]
    if missing:
        raise ModelValidationError(f"{path} must have {', '.join(missing)}")
    return {
        name: _shaped(member, value[name], f"{path}.{name}")
        for name, member in shape.members.items()
        if value.get(name) is not None
    }
