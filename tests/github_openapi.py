"""Validates requests to GitHub and its answers against GitHub's official OpenAPI description.

Source: npm `@octokit/openapi`, OpenAPI 3.0.3, 13 MB. Each operation is pruned out of it with the
components that it reaches, without examples (many fail their own schema), when it is first seen.

The description is found through the variable OCTOKIT_OPENAPI or in the checkout's node_modules.
"""

import functools
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

_CHECKOUT = Path(__file__).resolve().parents[1]
_DESCRIPTION = "node_modules/@octokit/openapi/generated/api.github.com.json"
_SERVER = "https://api.github.com"
# Placeholders that may hold slashes; openapi-core matches none in a path.
_SLASHED = ("ref", "path")


class OpenApiMismatchError(AssertionError):
    """A request or an answer is not what GitHub describes."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} is not as GitHub describes it: {why}")


def validate_exchange(
    method: str, path: str, request_body: Any, status: int, response_body: Any
) -> None:
    """Check one request and its answer.

    Args:
        method: the HTTP verb.
        path: below the API's base URL, query included.
        request_body: decoded JSON; None for no body.
        status: the answer's status. An error status that the operation does not describe must
            have the body of GitHub's `basic-error`.
        response_body: decoded JSON; None for no body.

    Raises:
        OpenApiMismatchError: naming the side and the difference.
    """
    request_text = None if request_body is None else json.dumps(request_body)
    operation, openapi, request = _validated_request(method, path, request_text)
    if status >= 400 and str(status) not in operation["responses"]:
        _validate_basic_error(f"{status} to {method} {path}", response_body)
        return
    response = MockResponse(
        b"" if response_body is None else json.dumps(response_body).encode(),
        status_code=status,
        content_type="application/json",
    )
    what = f"the answer {status} to {method} {path}"
    _check(what, lambda: openapi.validate_response(request, response))


@functools.cache
def _validated_request(
    method: str, path: str, body: str | None
) -> tuple[dict[str, Any], OpenAPI, MockRequest]:
    """Check a request, once for all times that it is made; return what its answer is held to."""
    parts = urlsplit(path)
    template, spoken_path = _match(method, parts.path)
    operation = _description()["paths"][template][method.lower()]
    _refuse_unknown_fields(f"{method} {path}", operation, json.loads(body or "null"))
    request = MockRequest(
        _SERVER,
        method.lower(),
        spoken_path,
        args=dict(parse_qsl(parts.query)),
        data=None if body is None else body.encode(),
        content_type="application/json",
    )
    openapi = _pruned(template, method.lower())
    _check(f"the request {method} {path}", lambda: openapi.validate_request(request))
    return operation, openapi, request


@functools.cache
def _description() -> dict[str, Any]:
    place = Path(os.environ.get("OCTOKIT_OPENAPI") or _CHECKOUT / _DESCRIPTION)
    if not place.is_file():
        raise FileNotFoundError(
            f"GitHub's OpenAPI description is not at {place}; run `npm ci` in the checkout or set "
            "OCTOKIT_OPENAPI."
        )
    description: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return description


@functools.cache
def _match(method: str, path: str) -> tuple[str, str]:
    """Return the template with the most literal segments, and the path as openapi-core reads it."""
    best: tuple[int, str, str] | None = None
    for template, operations in _description()["paths"].items():
        spoken = _spoken(template, path) if method.lower() in operations else None
        literals = sum(1 for part in template.split("/") if part and "{" not in part)
        if spoken is not None and (best is None or literals > best[0]):
            best = (literals, template, spoken)
    if best is None:
        raise OpenApiMismatchError(f"the request {method} {path}", "there is no such operation")
    return best[1:]


def _spoken(template: str, path: str) -> str | None:
    pieces = re.split(r"\{(\w+)\}", template)
    pattern = "".join(
        re.escape(piece)
        if position % 2 == 0
        else (f"(?P<{piece}>.+)" if piece in _SLASHED else f"(?P<{piece}>[^/]+)")
        for position, piece in enumerate(pieces)
    )
    match = re.fullmatch(pattern, path)
    if match is None:
        return None
    values = {name: value.replace("/", "~") for name, value in match.groupdict().items()}
    return template.format(**values)


@functools.cache
def _pruned(template: str, method: str) -> OpenAPI:
    whole = _description()
    operations = whole["paths"][template]
    kept = {name: operations[name] for name in (method, "parameters") if name in operations}
    pruned: dict[str, Any] = {
        "openapi": whole["openapi"],
        "info": {"title": "GitHub", "version": whole["info"]["version"]},
        "servers": [{"url": _SERVER}],
        "paths": {template: _without_examples(kept)},
        "components": {},
    }
    waiting = [pruned["paths"]]
    while waiting:
        for kind, name in _references(waiting.pop()):
            section = pruned["components"].setdefault(kind, {})
            if name not in section:
                section[name] = _without_examples(whole["components"][kind][name])
                waiting.append(section[name])
    # The document itself is GitHub's: checking it takes longer than every test together.
    return OpenAPI.from_dict(pruned, config=Config(spec_validator_cls=None))


def _references(node: Any) -> list[tuple[str, str]]:
    if isinstance(node, list):
        return [reference for item in node for reference in _references(item)]
    if not isinstance(node, dict):
        return []
    found = [reference for value in node.values() for reference in _references(value)]
    pointer = node.get("$ref")
    if isinstance(pointer, str):
        _, _, kind, name = pointer.split("/")
        found.append((kind, name))
    # Discriminators point at schemas by value.
    for value in (node.get("mapping") or {}).values() if "propertyName" in node else ():
        _, _, kind, name = value.split("/")
        found.append((kind, name))
    return found


def _without_examples(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_examples(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_examples(value)
        for key, value in node.items()
        if not (key == "example" or (key == "examples" and isinstance(value, dict)))
    }


def answer_schema(method: str, path: str) -> dict[str, Any]:
    """The schema of what answers a request that succeeds.

    Raises:
        OpenApiMismatchError: there is no such operation.
    """
    template, _ = _match(method, urlsplit(path).path)
    responses = _description()["paths"][template][method.lower()]["responses"]
    answer = resolve(responses["200"])
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return schema


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """What a part of the description refers to, if it refers to something."""
    while "$ref" in schema:
        _, _, kind, name = schema["$ref"].split("/")
        schema = _description()["components"][kind][name]
    return schema


def _refuse_unknown_fields(what: str, operation: dict[str, Any], body: Any) -> None:
    """Find misspelt fields, which the schemas themselves let pass."""
    if not isinstance(body, dict):
        return
    described = resolve(operation.get("requestBody", {})).get("content", {})
    schema = resolve(described.get("application/json", {}).get("schema", {}))
    unknown = sorted(set(body) - set(schema.get("properties", {})))
    if unknown and "oneOf" not in schema and "anyOf" not in schema:
        raise OpenApiMismatchError(f"the request {what}", f"it has no fields {unknown}")


def _validate_basic_error(what: str, body: Any) -> None:
    properties = _description()["components"]["schemas"]["basic-error"]["properties"]
    if not isinstance(body, dict) or not isinstance(body.get("message"), str):
        raise OpenApiMismatchError(f"the answer {what}", "an error carries a message")
    wrong = [name for name in properties if name in body and not isinstance(body[name], str)]
    if wrong:
        raise OpenApiMismatchError(f"the answer {what}", f"{wrong} must be strings")


def _check(what: str, validate: Any) -> None:
    try:
        validate()
    except OpenAPIError as error:
        cause = error.__cause__ or error
        details = getattr(cause, "schema_errors", None)
        why = "; ".join(_short(item) for item in details) if details else str(cause)
        raise OpenApiMismatchError(what, why[:2000]) from None


def _short(error: Any) -> str:
    place = "/".join(str(step) for step in error.absolute_path) or "(top)"
    return f"{place}: {error.message[:300]}"
