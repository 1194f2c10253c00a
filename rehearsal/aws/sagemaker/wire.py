"""SageMaker's two protocols: JSON 1.1 for the service, REST for the runtime."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape

from rehearsal.aws.sagemaker.errors import (
    InvocationRefusedError,
    OperationNotModelledError,
    RequestRefusedError,
    ServiceError,
)
from rehearsal.aws.sagemaker.resources import Record
from rehearsal.aws.service_kit.model_validation import (
    ModelValidationError,
    is_operation,
    shape_output,
    validate,
)

Response = tuple[int, dict[str, str], bytes]

_TARGET = "SageMaker."
_JSON = "application/x-amz-json-1.1"
# MiniStack gives JSON the type of the service's other operations, unless the name is in lower case.
RUNTIME_CONTENT_TYPE = "content-type"
_INVOCATION = re.compile(r"/endpoints/([^/]+)/invocations")


def operation_name(headers: dict[str, str]) -> str:
    """The operation that a JSON request asks for; empty when it is not one of ours."""
    target = headers.get("x-amz-target", "")
    return target.removeprefix(_TARGET) if target.startswith(_TARGET) else ""


def invoked_endpoint(method: str, path: str) -> str:
    """Name of the endpoint that a runtime request invokes; empty when it invokes none."""
    match = _INVOCATION.fullmatch(path)
    return unquote(match[1]) if match and method == "POST" else ""


def read_request(operation: str, body: bytes) -> Record:
    """Parse and check a request against the service's model.

    Raises:
        RequestRefusedError: the body is not JSON or does not fit the model.
        OperationNotModelledError: no such operation in SageMaker.
    """
    if not is_operation("sagemaker", operation):
        raise OperationNotModelledError(f"SageMaker has no operation {operation}.")
    try:
        request = json.loads(body or b"{}")
    except ValueError as error:
        raise RequestRefusedError(f"The request is not JSON: {error}") from error
    check_request(operation, request)
    return dict(request)


def check_request(operation: str, request: Record) -> None:
    """Refuse a request that the model of the operation does not allow."""
    try:
        validate("sagemaker", operation, request)
    except ModelValidationError as error:
        raise RequestRefusedError(str(error)) from error


def check_invocation(endpoint: str, headers: Mapping[str, str]) -> None:
    """Refuse headers that the model of InvokeEndpoint does not allow, before a container sees them.

    Raises:
        InvocationRefusedError: one is too long, or not the ASCII text that it must be.
    """
    members = _model("sagemaker-runtime").operation_model("InvokeEndpoint").input_shape.members
    given = {
        name: headers[header]
        for name, shape in members.items()
        if (header := shape.serialization.get("name", "").lower()) and headers.get(header)
    }
    try:
        request = {**given, "EndpointName": endpoint, "Body": b""}
        validate("sagemaker-runtime", "InvokeEndpoint", request)
    except ModelValidationError as error:
        raise InvocationRefusedError(str(error)) from error


def with_model_types(operation: str, request: Record, service: str = "sagemaker") -> Record:
    """A request whose numbers and truth values may be text, with the types of the model."""
    typed = _typed(request, _model(service).operation_model(operation).input_shape)
    return dict(typed)


def to_json(value: Any) -> str:
    """Text of a value as it is sent."""
    return json.dumps(value, ensure_ascii=False)


def answer(operation: str, result: Record) -> Response:
    """The response of an operation, cut to what the model says it answers."""
    return _respond(200, shape_output("sagemaker", operation, result))


def refusal(error: ServiceError) -> Response:
    """The response for an error."""
    body = {"__type": error.code, "message": error.message, **error.members}
    return _respond(error.status, body, {"x-amzn-errortype": error.code})


def runtime_refusal(error: ServiceError) -> Response:
    """The response of the runtime for an error; its members are capitalised."""
    body = {"__type": error.code, "Message": error.message, **error.members}
    headers = {"x-amzn-errortype": error.code, RUNTIME_CONTENT_TYPE: "application/json"}
    return error.status, headers, to_json(body).encode()


def _respond(status: int, body: Record, headers: dict[str, Any] | None = None) -> Response:
    text = to_json(body).encode()
    return status, {"Content-Type": _JSON, **(headers or {})}, text


@functools.cache
def _model(service: str) -> Any:
    return botocore.session.Session().get_service_model(service)


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
