"""What the settings that hold lists have in common."""

from collections.abc import Iterator


class RefusedValueError(ValueError):
    """What a setting says is malformed; the message names it and the remedy."""


def split_items(text: str) -> Iterator[str]:
    """What stands between the commas of a setting, without what is empty."""
    return (item.strip() for item in text.split(",") if item.strip())
