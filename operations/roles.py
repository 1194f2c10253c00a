"""IAM's answer to the question for a role that may not be there."""

from typing import Any

from botocore.exceptions import ClientError


def find_role(iam: Any, name: str) -> dict[str, Any] | None:
    """The role as GetRole tells of it; None if there is none.

    Raises:
        ClientError: roles may not be read.
    """
    try:
        found: dict[str, Any] = iam.get_role(RoleName=name)["Role"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity":
            return None
        raise
    return found
