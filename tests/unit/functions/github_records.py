"""Records as GitHub shapes them, with every field that its description requires."""

from typing import Any

_API = "https://github.example/api/v3"
_DATE = "2026-11-01T12:00:00Z"
_REPOSITORY_URLS = [
    "archive",
    "assignees",
    "blobs",
    "branches",
    "collaborators",
    "comments",
    "commits",
    "compare",
    "contents",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git_commits",
    "git_refs",
    "git_tags",
    "hooks",
    "issue_comment",
    "issue_events",
    "issues",
    "keys",
    "labels",
    "languages",
    "merges",
    "milestones",
    "notifications",
    "pulls",
    "releases",
    "stargazers",
    "statuses",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "trees",
    "clone",
    "git",
    "ssh",
    "svn",
]
_USER_URLS = [
    "avatar",
    "followers",
    "following",
    "gists",
    "starred",
    "subscriptions",
    "organizations",
    "repos",
    "events",
    "received_events",
    "html",
]


def user_record(login: str, number: int, kind: str) -> dict[str, Any]:
    """A user or an organization as `GET /users/{login}` shows it."""
    counts = ("public_repos", "public_gists", "followers", "following")
    texts = ("name", "company", "blog", "location", "bio")
    return {
        **{f"{name}_url": f"{_API}/users/{login}/{name}" for name in _USER_URLS},
        **dict.fromkeys(counts, 0),
        **dict.fromkeys(texts, ""),
        "login": login,
        "id": number,
        "node_id": f"U{number}",
        "email": None,
        "gravatar_id": "",
        "url": f"{_API}/users/{login}",
        "type": kind,
        "site_admin": False,
        "hireable": None,
        "created_at": _DATE,
        "updated_at": _DATE,
        "user_view_type": "public",
    }


def simple_user(user: dict[str, Any]) -> dict[str, Any]:
    """The short form of a user inside other records."""
    names = [f"{name}_url" for name in _USER_URLS]
    names += ["login", "id", "node_id", "gravatar_id", "url", "type", "site_admin"]
    return {name: user[name] for name in names}


def repository_record(owner: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    """A repository as `GET /repos/{owner}/{repo}` shows it."""
    full_name = f"{owner['login']}/{name}"
    url = f"{_API}/repos/{full_name}"
    counts = [
        "forks_count",
        "stargazers_count",
        "watchers_count",
        "open_issues_count",
        "network_count",
        "subscribers_count",
        "forks",
        "watchers",
        "open_issues",
        "size",
    ]
    flags = ["fork", "has_pages", "has_discussions", "archived", "disabled", "private"]
    return {
        **{f"{kind}_url": f"{url}/{kind}" for kind in _REPOSITORY_URLS},
        **dict.fromkeys(counts, 0),
        **dict.fromkeys(flags, False),
        "id": number,
        "node_id": f"R{number}",
        "name": name,
        "full_name": full_name,
        "owner": simple_user(owner),
        "html_url": f"https://github.example/{full_name}",
        "description": None,
        "url": url,
        "default_branch": "main",
        "has_issues": True,
        "has_projects": True,
        "has_wiki": True,
        "delete_branch_on_merge": False,
        "homepage": None,
        "language": None,
        "mirror_url": None,
        "license": None,
        "pushed_at": _DATE,
        "created_at": _DATE,
        "updated_at": _DATE,
    }


def environment_record(name: str) -> dict[str, Any]:
    """A deployment environment without rules."""
    url = f"{_API}/environments/{name}"
    dates = {"created_at": _DATE, "updated_at": _DATE}
    return {"id": 1, "node_id": "E1", "name": name, "url": url, "html_url": url, **dates}


def commit_record(sha: str, message: str, tree: str, parents: list[str]) -> dict[str, Any]:
    """A commit as the git data API shows it."""
    url = f"{_API}/git/commits/{sha}"
    person = {"name": "ada", "email": "ada@example.com", "date": _DATE}
    return {
        "sha": sha,
        "node_id": "C1",
        "url": url,
        "html_url": url,
        "author": person,
        "committer": person,
        "message": message,
        "tree": {"sha": tree, "url": url},
        "parents": [{"sha": parent, "url": url, "html_url": url} for parent in parents],
        "verification": {
            "verified": False,
            "reason": "unsigned",
            "signature": None,
            "payload": None,
            "verified_at": None,
        },
    }


def item_record(sha: str, message: str, tree: str, parents: list[str]) -> dict[str, Any]:
    """A commit as `GET /repos/{owner}/{repo}/commits` lists it."""
    whole = commit_record(sha, message, tree, parents)
    inner = {key: whole[key] for key in ("author", "committer", "message", "tree", "url")}
    outer = {key: whole[key] for key in ("sha", "node_id", "url", "html_url", "parents")}
    more = {"comments_url": whole["url"], "author": {}, "committer": {}}
    return {**outer, **more, "commit": {**inner, "comment_count": 0}}


def status_record(sha: str, body: dict[str, Any]) -> dict[str, Any]:
    """A commit status."""
    return {
        "url": f"{_API}/statuses/{sha}",
        "avatar_url": None,
        "id": 1,
        "node_id": "S1",
        "state": body["state"],
        "description": body.get("description"),
        "target_url": body.get("target_url"),
        "context": body.get("context", "default"),
        "created_at": _DATE,
        "updated_at": _DATE,
        "creator": None,
    }
