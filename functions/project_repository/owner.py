"""Whose repositories the token can create: its user's own, or an organization's."""

from collections.abc import Mapping
from typing import Any

from github_client.api import GitHubApi
from github_client.errors import OtherUserError, OwnerNotFoundError, RefusedError

_ORGANIZATION = "Organization"


class Owner:
    """An account that will own repositories, and the user that acts for it."""

    def __init__(self, name: str, acting: Mapping[str, Any], *, is_organization: bool) -> None:
        self.name = name
        self.is_organization = is_organization
        self.acting_login = str(acting["login"])
        self.acting_id = int(acting["id"])


def resolve_owner(api: GitHubApi, name: str) -> Owner:
    """Find out what kind of account `name` is.

    Raises:
        OwnerNotFoundError: no such account.
        OtherUserError: a user other than the token's own.
    """
    user = api.send("GET", "/user").body
    login = str(user["login"])
    if login.lower() == name.lower():
        return Owner(name, user, is_organization=False)
    try:
        account = api.send("GET", f"/users/{name}").body
    except RefusedError as error:
        if error.status == 404:
            raise OwnerNotFoundError(name) from None
        raise
    if account["type"] != _ORGANIZATION:
        raise OtherUserError(name, login)
    return Owner(name, user, is_organization=True)
