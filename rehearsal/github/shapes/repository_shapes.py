"""JSON that GitHub answers for accounts and repositories.

Field names and nesting: https://github.com/github/rest-api-description (tests validate against it).
"""

import base64
from typing import Any

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Account, Repository

_USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
}
_REPOSITORY_LINKS = {
    "archive": "/{archive_format}{/ref}",
    "assignees": "/assignees{/user}",
    "blobs": "/git/blobs{/sha}",
    "branches": "/branches{/branch}",
    "collaborators": "/collaborators{/collaborator}",
    "comments": "/comments{/number}",
    "commits": "/commits{/sha}",
    "compare": "/compare/{base}...{head}",
    "contents": "/contents/{+path}",
    "contributors": "/contributors",
    "deployments": "/deployments",
    "downloads": "/downloads",
    "events": "/events",
    "forks": "/forks",
    "git_commits": "/git/commits{/sha}",
    "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "hooks": "/hooks",
    "issue_comment": "/issues/comments{/number}",
    "issue_events": "/issues/events{/number}",
    "issues": "/issues{/number}",
    "keys": "/keys{/key_id}",
    "labels": "/labels{/name}",
    "languages": "/languages",
    "merges": "/merges",
    "milestones": "/milestones{/number}",
    "notifications": "/notifications{?since,all,participating}",
    "pulls": "/pulls{/number}",
    "releases": "/releases{/id}",
    "stargazers": "/stargazers",
    "statuses": "/statuses/{sha}",
    "subscribers": "/subscribers",
    "subscription": "/subscription",
    "tags": "/tags",
    "teams": "/teams",
    "trees": "/git/trees{/sha}",
}
_COUNTS = (
    "forks",
    "forks_count",
    "open_issues",
    "open_issues_count",
    "stargazers_count",
    "watchers",
    "watchers_count",
)


def node_id(prefix: str, id_: int | str) -> str:
    """A global id of GitHub's looks: a prefix that tells the type, and opaque text."""
    return f"{prefix}_{base64.urlsafe_b64encode(str(id_).encode()).decode().rstrip('=')}"


def plain(record: object, *names: str) -> dict[str, Any]:
    """Fields that GitHub shows as they are kept."""
    return {name: getattr(record, name) for name in names}


def simple_user(github: LocalGitHub, account: Account) -> dict[str, Any]:
    """An account where it is mentioned by something else."""
    url = f"{github.api_url}/users/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("U" if account.kind == "User" else "O", account.id),
        "avatar_url": f"{github.server_url}/avatars/u/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{github.server_url}/{account.login}",
        "type": "Bot" if account.login.endswith("[bot]") else account.kind,
        "site_admin": False,
    } | {field: url + suffix for field, suffix in _USER_LINKS.items()}


def public_user(github: LocalGitHub, account: Account, repositories: int) -> dict[str, Any]:
    """An account asked for by name."""
    empty = ("name", "company", "location", "email", "hireable", "bio", "twitter_username")
    return (
        simple_user(github, account)
        | dict.fromkeys(empty)
        | {
            "user_view_type": "public",
            "blog": "",
            "public_repos": repositories,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "created_at": "2020-01-01T00:00:00Z",
            "updated_at": "2020-01-01T00:00:00Z",
        }
    )


def repository_address(github: LocalGitHub, repository: Repository) -> str:
    """The repository's address in the REST API."""
    return f"{github.api_url}/repos/{repository.full_name}"


def minimal_repository(github: LocalGitHub, repository: Repository) -> dict[str, Any]:
    """A repository in a list or inside another object."""
    url = repository_address(github, repository)
    owner = github.access.account(repository.owner)
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": simple_user(github, owner),
        "html_url": f"{github.server_url}/{repository.full_name}",
        "description": repository.description,
        "fork": False,
        "url": url,
    } | {f"{link}_url": url + suffix for link, suffix in _REPOSITORY_LINKS.items()}


def repository(github: LocalGitHub, record: Repository) -> dict[str, Any]:
    """A repository with everything."""
    web = f"{github.server_url}/{record.full_name}"
    host = github.server_url.removeprefix("http://").removeprefix("https://")
    return (
        minimal_repository(github, record)
        | dict.fromkeys(_COUNTS, 0)
        | dict.fromkeys(("homepage", "language", "license", "mirror_url"))
        | record.features
        | plain(record, "archived", "default_branch", "created_at", "updated_at", "pushed_at")
        | {
            "clone_url": f"{web}.git",
            "git_url": f"git://{host}/{record.full_name}.git",
            "ssh_url": f"git@{host}:{record.full_name}.git",
            "svn_url": web,
            "has_pages": False,
            "has_downloads": True,
            "disabled": False,
            "visibility": "private" if record.private else "public",
            "topics": [],
            "size": 0,
            "network_count": 0,
            "subscribers_count": 0,
            "permissions": dict.fromkeys(("admin", "maintain", "push", "triage", "pull"), True),
        }
    )
