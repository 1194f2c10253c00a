"""What the pages show of users, organizations and their teams."""

from typing import Any

from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository


def show_index(github: LocalGitHub, _asked: dict[str, Any]) -> dict[str, Any]:
    """Every repository."""
    found = github.store.select(Repository)
    return {"repositories": sorted(found, key=lambda one: one.full_name)}


def show_account(github: LocalGitHub, asked: dict[str, Any]) -> dict[str, Any]:
    """A user or an organization, and the repositories that it owns."""
    account = github.access.account(asked["owner"])
    owned = github.store.select(Repository, owner_id=account.id)
    return {"account": account, "repositories": sorted(owned, key=lambda one: one.name)}


def show_team(github: LocalGitHub, asked: dict[str, Any]) -> dict[str, Any]:
    """The members of a team."""
    account = github.access.account(asked["owner"])
    team = next((one for one in account.teams if one.slug == asked["team"]), None)
    if team is None:
        raise NotFoundError
    return {"account": account, "team": team}
