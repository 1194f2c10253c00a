"""The CDK's bootstrap: there, whole and new enough."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from operations.aws_session import Identity
from operations.bootstrap import DEFAULT_QUALIFIER, LEAST_VERSION, find_bootstrap
from operations.findings import Finding

ABOUT = "bootstrap"
# Those that the registration takes, and the one that CloudFormation works as.
_ROLES = ("deploy", "file-publishing", "lookup", "cfn-exec")


def look_at_bootstrap(ssm: Any, iam: Any, identity: Identity, qualifier: str) -> Iterator[Finding]:
    """Look for the version parameter and the roles of a qualifier's bootstrap."""
    command = _command(identity, qualifier)
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
    missing = [name for name in _role_names(identity, qualifier) if not _exists(iam, name)]
    if missing:
        yield Finding(
            "fails",
            ABOUT,
            f"The bootstrap {qualifier} is not whole: {', '.join(missing)} is missing; run "
            f"`{command}` again.",
        )
        return
    yield Finding("ok", ABOUT, f"The bootstrap {qualifier} has version {version}.")


def _command(identity: Identity, qualifier: str) -> str:
    option = "" if qualifier == DEFAULT_QUALIFIER else f" --qualifier {qualifier}"
    return f'cdk bootstrap --app ""{option} aws://{identity.account}/{identity.region}'


def _role_names(identity: Identity, qualifier: str) -> list[str]:
    place = f"{identity.account}-{identity.region}"
    return [f"cdk-{qualifier}-{duty}-role-{place}" for duty in _ROLES]


def _exists(iam: Any, role: str) -> bool:
    try:
        iam.get_role(RoleName=role)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity":
            return False
        raise
    return True
