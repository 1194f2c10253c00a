"""How IAM's policy documents write values."""

from typing import Any


def as_list(value: Any) -> list[Any]:
    """The values of an element, which may be one, several in a list, or missing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
