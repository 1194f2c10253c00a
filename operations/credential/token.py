"""The token that is to be stored: where it comes from, and what GitHub says of it."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import click
from github import GithubException
from requests.exceptions import RequestException

from operations.credential.errors import TokenNotGivenError, TokenShapeError, TokenUnfitError
from operations.doctor.github_answers import ask, read_expiration
from operations.doctor.github_credential import find_user, look_at_token
from operations.doctor.github_owner import look_at_owner
from operations.errors import GitHubRefusedError
from operations.github_access import GithubAccess, describe, open_github


@dataclass(frozen=True)
class TokenFacts:
    """What GitHub says.

    Args:
        login: whose the token is.
        expires: None if it has no end.
        notes: sentences that do not forbid to store it.
    """

    login: str
    expires: datetime | None
    notes: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """Whose it is and until when."""
        end = f"until {self.expires:%Y-%m-%d}" if self.expires else "without end"
        return f"{self.login}'s, {end}"


def obtain(
    environment: Mapping[str, str] = os.environ,
    ask_person: Callable[[], str] = lambda: click.prompt("Token (hidden)", hide_input=True),
) -> str:
    """Take the token from `GH_TOKEN`, from standard input, or from whoever sits there.

    Raises:
        TokenNotGivenError: nobody gave one.
        TokenShapeError: it cannot be one.
    """
    token = environment.get("GH_TOKEN", "").strip()
    if not token:
        token = (ask_person() if sys.stdin.isatty() else sys.stdin.read()).strip()
    if not token:
        raise TokenNotGivenError
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise TokenShapeError
    return token


def open_with(token: str) -> GithubAccess:
    """A client of the GitHub that is set, with this token and no other."""
    return open_github({**os.environ, "GH_TOKEN": token})


def examine(access: GithubAccess, owner: str, now: datetime) -> TokenFacts:
    """Ask GitHub whose the token is, and whether it may act for the owner.

    Raises:
        TokenUnfitError: it is not good, or not for this owner.
        GitHubRefusedError: GitHub does not answer.
    """
    try:
        findings = list(look_at_token(access, now))
        answer = ask(access.client, "/user")
        user = find_user(answer)
        if user is not None:
            findings += look_at_owner(access, user, owner)
    except (GithubException, RequestException) as error:
        raise _unanswered(error) from None
    failing = [one.sentence for one in findings if one.level == "fails"]
    if failing or user is None:
        raise TokenUnfitError(failing[0] if failing else f"The token is of no user of {owner}.")
    notes = tuple(one.sentence for one in findings if one.level == "note")
    return TokenFacts(user.login, read_expiration(answer.headers), notes)


def look(access: GithubAccess) -> TokenFacts | None:
    """Whose a stored token is and until when; None if GitHub does not take it.

    Raises:
        GitHubRefusedError: GitHub does not answer.
    """
    try:
        answer = ask(access.client, "/user")
    except (GithubException, RequestException) as error:
        raise _unanswered(error) from None
    if not answer.is_good:
        return None
    return TokenFacts(str(answer.body["login"]), read_expiration(answer.headers))


def _unanswered(error: GithubException | RequestException) -> GitHubRefusedError:
    why = describe(error) if isinstance(error, GithubException) else type(error).__name__
    return GitHubRefusedError("say whose the token is", why)
