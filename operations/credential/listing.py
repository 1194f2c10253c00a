"""What is told of each credential."""

from dataclasses import dataclass
from typing import Any

from operations.credential import token
from operations.credential.users import EVERYONE, users_in_words
from operations.credential.vault import Vault
from operations.errors import GitHubRefusedError


@dataclass(frozen=True)
class Row:
    """A credential.

    Args:
        state: `good`, `rejected`, `unreadable`, or `unknown` where GitHub does not answer.
        facts: what GitHub says of a good one.
    """

    owner: str
    state: str
    facts: token.TokenFacts | None
    users: tuple[str, ...]
    projects: tuple[str, ...]


def gather(vault: Vault) -> list[Row]:
    """Read all credentials, and ask GitHub for each."""
    projects = vault.projects()
    return [_row(vault, owner, tuple(projects.get(owner, ()))) for owner in vault.owners()]


def _row(vault: Vault, owner: str, projects: tuple[str, ...]) -> Row:
    stored = vault.find(owner)
    if stored is None or not stored.is_readable:  # None: removed meanwhile
        return Row(owner, "unreadable", None, (), projects)
    try:
        facts = token.look(token.open_with(stored.token))
    except GitHubRefusedError:
        return Row(owner, "unknown", None, stored.users, projects)
    return Row(owner, "good" if facts else "rejected", facts, stored.users, projects)


def in_words(row: Row) -> str:
    """A line for people."""
    states = {
        "good": f"token {row.facts.in_words}" if row.facts else "",
        "rejected": "GitHub rejects the token, store another one",
        "unreadable": "the secret holds no credential, store one again",
        "unknown": "GitHub does not say whose the token is",
    }
    used = f"used by {', '.join(row.projects)}" if row.projects else "used by no project"
    return f"{row.owner}: {states[row.state]}; for {users_in_words(row.users)}; {used}"


def as_data(row: Row) -> dict[str, Any]:
    """The same for programs; moments are in UTC."""
    facts = row.facts
    return {
        "owner": row.owner,
        "state": row.state,
        "login": facts and facts.login,
        "expires": facts and facts.expires and facts.expires.isoformat(),
        "users": list(row.users) or EVERYONE,
        "projects": list(row.projects),
    }
