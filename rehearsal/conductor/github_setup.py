"""Who uses the local GitHub of a world, and how it is held: its two settings files."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PLATFORM_ENGINEER = "platform-engineer"
DATA_SCIENTIST = "data-scientist"
SCOPES = {
    PLATFORM_ENGINEER: ["repo", "workflow"],
    DATA_SCIENTIST: ["repo", "workflow", "delete_repo"],
}
_FIRST_ID = 1001


@dataclass(frozen=True)
class GitHubSetup:
    """The people of a world and the rules of its GitHub.

    Attributes:
        scopes: of each user's token, by login.
        expires_at: when a user's token runs out (ISO 8601), by login; others never do.
        jobs_at_once: of the runner; 0: it is offline and jobs wait.
        plan: of every account, which decides whether environments have reviewers.
        content_limit: writes a minute and an hour by one user, and how many seconds the minute
            has (``80,500,60``); None: as many as GitHub allows.
    """

    scopes: Mapping[str, list[str]] = field(default_factory=lambda: dict(SCOPES))
    expires_at: Mapping[str, str] = field(default_factory=dict)
    jobs_at_once: int = 4
    plan: str = "pro"
    content_limit: str | None = None

    def new_tokens(self) -> dict[str, str]:
        """Make up a token for each user."""
        return {login: f"ghp_{secrets.token_hex(18)}" for login in self.scopes}

    def accounts(self, tokens: Mapping[str, str]) -> dict[str, Any]:
        """Give the accounts file."""
        return {
            "users": [
                {"login": login, "id": number, "plan": self.plan}
                for number, login in enumerate(self.scopes, _FIRST_ID)
            ],
            "organizations": [],
            "tokens": [
                {
                    "token": tokens[login],
                    "login": login,
                    "scopes": scopes,
                    "expires_at": self.expires_at.get(login),
                }
                for login, scopes in self.scopes.items()
            ],
        }

    def arguments(self) -> list[str]:
        """Give the server's arguments for the rules."""
        return [] if self.content_limit is None else ["--content-limit", self.content_limit]
