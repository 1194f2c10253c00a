"""Tags and parameters, which APIs list as `Key` and `Value`, as mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rehearsal.aws.service_kit.operations import Record


def mapping_of(items: Iterable[Record] | None) -> dict[str, str]:
    """A list of an API as a mapping."""
    return {item["Key"]: item.get("Value", "") for item in items or ()}


def items_of(mapping: Mapping[str, str]) -> list[Record]:
    """The reverse."""
    return [{"Key": key, "Value": value} for key, value in mapping.items()]
