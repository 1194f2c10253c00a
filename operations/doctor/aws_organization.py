"""The organization that `PRINCIPAL_ORG_ID` names: whether the account is in it."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from operations.findings import Finding

ABOUT = "organization of AWS"
_IN_NONE = "AWSOrganizationsNotInUseException"


def look_at_membership(organizations: Any, wanted: str) -> Iterator[Finding]:
    """Compare the account's organization with the one that other accounts must be in."""
    try:
        found = organizations.describe_organization()["Organization"]["Id"]
    except ClientError as error:
        if error.response["Error"]["Code"] != _IN_NONE:
            raise
        found = ""
    if found == wanted:
        yield Finding("ok", ABOUT, f"The account is in {wanted}, as other accounts must be.")
        return
    remedy = f"set it to {found}" if found else "leave it out"
    yield Finding(
        "fails",
        ABOUT,
        f"PRINCIPAL_ORG_ID is {wanted}, but the account is in {found or 'no organization'}, so "
        f"that no account of yours would be let in; {remedy}.",
    )
