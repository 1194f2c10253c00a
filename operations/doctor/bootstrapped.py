"""The CDK's bootstrap: there, whole and new enough."""

from collections.abc import Iterator
from typing import Any

from operations.aws_session import Identity
from operations.bootstrap import (
    LEAST_VERSION,
    bootstrap_command,
    find_bootstrap,
    missing_roles,
)
from operations.findings import Finding

ABOUT = "bootstrap"


def look_at_bootstrap(ssm: Any, iam: Any, identity: Identity, qualifier: str) -> Iterator[Finding]:
    """Look for the version parameter and the roles of a qualifier's bootstrap."""
    command = bootstrap_command(identity, qualifier)
    version = find_bootstrap(ssm, qualifier)
    if version is None:
        yield Finding(
            "note",
            ABOUT,
            f"{identity.account} has no bootstrap {qualifier} in {identity.region}; `register` "
            f"makes it, and by hand `{command}` does.",
        )
        return
    if version < LEAST_VERSION:
        yield Finding(
            "fails",
            ABOUT,
            f"The bootstrap {qualifier} has version {version}, and the template needs "
            f"{LEAST_VERSION}; run `{command}`.",
        )
        return
    missing = missing_roles(iam, identity, qualifier)
    if missing:
        yield Finding(
            "fails",
            ABOUT,
            f"The bootstrap {qualifier} is not whole: {', '.join(missing)} is missing; run "
            f"`{command}` again.",
        )
        return
    yield Finding("ok", ABOUT, f"The bootstrap {qualifier} has version {version}.")
