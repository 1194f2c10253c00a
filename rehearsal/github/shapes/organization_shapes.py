"""JSON that GitHub answers for organizations."""

from typing import Any

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Account, Repository
from rehearsal.github.shapes.repository_shapes import node_id, simple_user

_LINKS = {
    "repos": "/repos",
    "events": "/events",
    "hooks": "/hooks",
    "issues": "/issues",
    "members": "/members{/member}",
    "public_members": "/public_members{/member}",
}


def simple_organization(github: LocalGitHub, account: Account) -> dict[str, Any]:
    """An organization as lists show it."""
    url = f"{github.api_url}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("O", account.id),
        "url": url,
        "avatar_url": f"{github.server_url}/avatars/{account.id}",
        "description": None,
        **{f"{name}_url": f"{url}{path}" for name, path in _LINKS.items()},
    }


def organization(github: LocalGitHub, account: Account, *, is_member: bool) -> dict[str, Any]:
    """An organization; its members see what it has besides."""
    owned = [one for one in github.store.select(Repository) if one.owner_id == account.id]
    public = sum(not one.private for one in owned)
    private = {
        "total_private_repos": len(owned) - public,
        "owned_private_repos": len(owned) - public,
        "members_can_create_repositories": True,
        "members_can_create_private_repositories": account.members_create_private,
        "plan": {"name": account.plan, "space": 976562499, "private_repos": 999999},
    }
    return simple_organization(github, account) | {
        "html_url": f"{github.server_url}/{account.login}",
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": public,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "type": "Organization",
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
        "archived_at": None,
        **(private if is_member else {}),
    }


def membership(github: LocalGitHub, account: Account, user: Account, role: str) -> dict[str, Any]:
    """What somebody is in an organization."""
    url = f"{github.api_url}/orgs/{account.login}"
    return {
        "url": f"{url}/memberships/{user.login}",
        "state": "active",
        "role": role,
        "organization_url": url,
        "organization": simple_organization(github, account),
        "user": simple_user(github, user),
    }
