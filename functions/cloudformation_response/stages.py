"""The stages of a project in the properties of its custom resources: names, each in its place."""

import re
from collections.abc import Mapping
from typing import Any

from cloudformation_response.properties import PropertyError, text

# What projects had before they named their stages, and what the seed calls its first ones.
EARLIER_STAGES = ("dev", "staging", "prod")
_NAME = re.compile(r"[a-z][a-z0-9]{0,19}")


def parse_places(properties: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the name in each place, empty where there is none; those of before if none is told.

    Raises:
        PropertyError: there is no name, or one that is none, or is there twice.
    """
    if "Stages" not in properties:
        return EARLIER_STAGES
    places = tuple(text(properties, "Stages").split(","))
    names = named(places)
    if not names:
        raise PropertyError("Stages", "names no stage")
    for name in names:
        if not _NAME.fullmatch(name):
            raise PropertyError("Stages", f"has the unusable name {name!r}")
        if names.count(name) > 1:
            raise PropertyError("Stages", f"has the stage {name} twice")
    return places


def renamed_stages(stages: tuple[str, ...]) -> dict[str, str]:
    """Return the names that the seed's first stages get instead of their own."""
    pairs = zip(EARLIER_STAGES, stages, strict=False)
    return {old: new for old, new in pairs if old != new}


def named(places: tuple[str, ...]) -> tuple[str, ...]:
    """Return the stages without the places that are empty."""
    return tuple(name for name in places if name)
