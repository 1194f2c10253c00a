"""Checks a custom resource's properties, which CloudFormation passes as strings and lists."""

import re
from collections.abc import Mapping
from typing import Any


class PropertyError(Exception):
    """A property of a custom resource is missing or malformed."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The property {name} {why}; correct it in the template or its parameter.")


def text(properties: Mapping[str, Any], name: str) -> str:
    """Return a property that must not be empty.

    Raises:
        PropertyError: it is missing, empty or no string.
    """
    value = properties.get(name)
    if not isinstance(value, str) or not value:
        raise PropertyError(name, "is missing")
    return value


def matching(properties: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    """Return a property that must match as a whole.

    Raises:
        PropertyError: it does not.
    """
    value = text(properties, name)
    if not pattern.fullmatch(value):
        raise PropertyError(name, f"must match {pattern.pattern}, not {value!r}")
    return value


def one_of(properties: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    """Return a property that must be one of `choices`.

    Raises:
        PropertyError: it is not.
    """
    value = text(properties, name)
    if value not in choices:
        raise PropertyError(name, f"must be one of {', '.join(choices)}, not {value!r}")
    return value
