"""Templates of products: where they lie, what parameters they take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from ministack.services import s3
from ministack.services.cloudformation import engine

from rehearsal.aws.catalog.errors import InvalidParametersError
from rehearsal.aws.service_kit.operations import Record

_S3_HOST = "s3"
_LIMITS = (
    "AllowedPattern",
    "ConstraintDescription",
    "MaxLength",
    "MinLength",
    "MaxValue",
    "MinValue",
)

Parameters = dict[str, dict[str, Any]]


def fetch(url: str) -> str:
    """Text of a template in S3.

    Raises:
        InvalidParametersError: not an S3 address, or nothing there; upload the template first.
    """
    bucket, key = location(url)
    data = s3._get_object_data(bucket, key)
    if data is None:
        raise InvalidParametersError(f"Template not found at {url}.")
    return str(data.decode("utf-8"))


def parse(text: str) -> dict[str, Any]:
    """A template as data.

    Raises:
        InvalidParametersError: the text is no CloudFormation template.
    """
    try:
        template: dict[str, Any] = engine._parse_template(text)
    except Exception as error:  # MiniStack's parser raises what its libraries raise
        raise InvalidParametersError(f"Template format error: {error}") from error
    if not isinstance(template, dict) or not template.get("Resources"):
        raise InvalidParametersError(
            "Template format error: At least one Resources member must be defined."
        )
    return template


def parameters(text: str) -> Parameters:
    """The parameters of a template by name."""
    return dict(parse(text).get("Parameters") or {})


def described(text: str) -> list[Record]:
    """The parameters of a template as Service Catalog tells them."""
    return [_described(name, spec) for name, spec in parameters(text).items()]


def is_secret(parameter: dict[str, Any]) -> bool:
    """Whether values of a parameter must never be shown."""
    return str(parameter.get("NoEcho", False)).lower() == "true"


def check_names(declared: Parameters, given: Iterable[str]) -> None:
    """Refuse values for parameters that do not exist.

    Raises:
        InvalidParametersError: names the parameters.
    """
    unknown = sorted(set(given) - declared.keys())
    if unknown:
        raise InvalidParametersError(
            f"Parameters: [{', '.join(unknown)}] do not exist in the template"
        )


def check_values(declared: Parameters, given: Iterable[str]) -> None:
    """Refuse also missing values without a default, as of a first launch."""
    check_names(declared, given)
    needed = {name for name, spec in declared.items() if "Default" not in spec}
    missing = sorted(needed - set(given))
    if missing:
        raise InvalidParametersError(f"Parameters: [{', '.join(missing)}] must have values")


def location(url: str) -> tuple[str, str]:
    """Bucket and key of a template.

    Raises:
        InvalidParametersError: not an S3 address.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    path = unquote(parts.path).lstrip("/")
    labels = host.split(".")
    if _S3_HOST in labels[1:]:
        bucket = host[: host.index(f".{_S3_HOST}.")]
        return bucket, path
    bucket, _, key = path.partition("/")
    if not bucket or not key:
        raise InvalidParametersError(f"Invalid template URL {url}.")
    return bucket, key


def _described(name: str, spec: dict[str, Any]) -> Record:
    secret = is_secret(spec)
    limits: Record = {key: str(spec[key]) for key in _LIMITS if key in spec}
    if "AllowedValues" in spec:
        limits["AllowedValues"] = [str(value) for value in spec["AllowedValues"]]
    default = spec.get("Default")
    return {
        "ParameterKey": name,
        "DefaultValue": None if default is None or secret else str(default),
        "ParameterType": spec.get("Type", "String"),
        "IsNoEcho": secret,
        "Description": spec.get("Description", ""),
        "ParameterConstraints": limits,
    }
