"""Who may use a credential."""

import re
from collections.abc import Sequence

from operations.credential.errors import UserRefusedError

EVERYONE = "everyone"
_USER = re.compile(
    r"arn:aws[a-z-]*:iam::(?P<account>[0-9]{12}):(role|user)/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}",
    re.ASCII,
)


def choose_users(given: Sequence[str], account: str) -> tuple[str, ...] | None:
    """The users that were given; none of them are everybody, and None says nothing of them.

    Raises:
        UserRefusedError: one is no role and no user of the account.
    """
    if not given:
        return None
    if list(given) == [EVERYONE]:
        return ()
    for arn in given:
        match = _USER.fullmatch(arn)
        if match is None or match["account"] != account:
            raise UserRefusedError(arn, account)
    return tuple(dict.fromkeys(given))


def users_in_words(users: Sequence[str]) -> str:
    """The same for people."""
    return ", ".join(users) if users else f"{EVERYONE} who may launch a project"
