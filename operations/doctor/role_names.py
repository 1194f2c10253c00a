"""Whether the names of the roles are free in the account, or this region's own."""

from collections.abc import Iterator
from typing import Any

from operations.account_names import suggested_prefix, taken_roles
from operations.findings import Finding

ABOUT = "role names"


def look_at_names(iam: Any, cloudformation: Any, region: str, prefix: str) -> Iterator[Finding]:
    """Look for roles of a registration in another region, whose names this one would take."""
    taken = taken_roles(iam, cloudformation, prefix)
    if taken:
        yield Finding(
            "fails",
            ABOUT,
            f"The account has {' and '.join(taken)} already, from a registration in another "
            f"region; give this one names of its own with ROLE_PREFIX={suggested_prefix(region)}.",
        )
        return
    yield Finding("ok", ABOUT, "The names of the roles are free, or this region's own.")
