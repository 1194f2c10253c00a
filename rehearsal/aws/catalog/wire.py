"""Service Catalog's protocol, JSON 1.1: parse, check against the model, answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.aws.catalog.callers import Caller
from rehearsal.aws.catalog.errors import (
    CatalogError,
    InvalidParametersError,
    OperationNotModelledError,
)
from rehearsal.aws.service_kit.model_validation import (
    ModelValidationError,
    is_operation,
    shape_output,
    validate,
)

Record = dict[str, Any]
Operation = Callable[[Record, Caller], Record]
Response = tuple[int, dict[str, str], bytes]

SERVICE = "servicecatalog"
TARGET_PREFIX = "AWS242ServiceCatalogService."
_JSON = "application/x-amz-json-1.1"
# Lists are short here: one page holds all, whatever size the client asks for.
_PAGE_MEMBERS = ("PageSize", "PageToken")


def answer(
    operations: Mapping[str, Operation],
    headers: Mapping[str, str],
    body: bytes,
    caller: Callable[[], Caller],
) -> Response:
    """Do what a request asks for, or answer the error."""
    name = headers.get("x-amz-target", "").removeprefix(TARGET_PREFIX)
    try:
        operation = _operation(operations, name)
        request = _request(name, body)
        result = shape_output(SERVICE, name, operation(request, caller()))
    except CatalogError as error:
        content = {"__type": error.code, "Message": error.message}
        return 400, {"Content-Type": _JSON, "x-amzn-errortype": error.code}, _encode(content)
    return 200, {"Content-Type": _JSON}, _encode(result)


def _operation(operations: Mapping[str, Operation], name: str) -> Operation:
    if name in operations:
        return operations[name]
    if is_operation(SERVICE, name):
        raise OperationNotModelledError(
            f"Service Catalog's {name} is not modelled in this rehearsal; add it in "
            "rehearsal/aws/catalog."
        )
    raise OperationNotModelledError(f"Service Catalog has no operation {name}.")


def _request(name: str, body: bytes) -> Record:
    try:
        request = json.loads(body or b"{}")
    except ValueError as error:
        raise InvalidParametersError(f"The request is not JSON: {error}") from error
    try:
        validate(SERVICE, name, request)
    except ModelValidationError as error:
        raise InvalidParametersError(str(error)) from error
    return {key: value for key, value in request.items() if key not in _PAGE_MEMBERS}


def _encode(content: Record) -> bytes:
    return json.dumps(content).encode()
