"""What GitHub answers to a question that changes nothing, refusals included."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import github

NO_CLASSIC_TOKENS = "forbids access via a personal access token (classic)"
_ACCEPTED = "x-accepted-github-permissions"
_SINGLE_SIGN_ON = "x-github-sso"
_EXPIRATION = "github-authentication-token-expiration"


@dataclass(frozen=True)
class Answer:
    """An answer; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def is_good(self) -> bool:
        """Whether GitHub gave what was asked for."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """GitHub's sentence of a refusal; may be empty."""
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else ""

    @property
    def wants_single_sign_on(self) -> bool:
        """Whether the token must be authorized for the organization first."""
        return self.headers.get(_SINGLE_SIGN_ON, "").startswith("required")

    def lacking(self, scope: str) -> str:
        """What the token needs for an answer: a scope, or of a fine-grained token a permission."""
        accepted = self.headers.get(_ACCEPTED)
        return f"the permission {accepted}" if accepted else f"the scope {scope}"


def ask(client: github.Github, path: str) -> Answer:
    """Send a GET.

    Raises:
        RequestException: GitHub cannot be reached.
    """
    try:
        headers, body = client.requester.requestJsonAndCheck("GET", path)
    except github.GithubException as refusal:
        return Answer(refusal.status, _lower(refusal.headers), refusal.data)
    return Answer(200, _lower(headers), body)


def read_expiration(headers: Mapping[str, str]) -> datetime | None:
    """The moment in the header of an answer, in UTC; None for a token without end.

    GitHub writes 2026-12-24 12:00:00 UTC, or an offset such as +0100.
    """
    told = headers.get(_EXPIRATION, "").replace("UTC", "+0000")
    try:
        return datetime.strptime(told, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _lower(headers: Mapping[str, Any] | None) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in (headers or {}).items()}
