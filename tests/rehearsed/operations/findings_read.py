"""Reads what `doctor` found."""

from collections.abc import Iterable

from operations.findings import Finding


def read(found: Iterable[Finding], level: str) -> str:
    """The sentences of one level."""
    return "\n".join(one.sentence for one in found if one.level == level)


def levels(found: Iterable[Finding]) -> list[str]:
    """The levels, in the order of the findings."""
    return [one.level for one in found]
