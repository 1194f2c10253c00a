"""JSON that GitHub answers for commits, trees and references."""

from typing import Any

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository
from rehearsal.github.git.git_objects import Commit, Signature, TreeEntry
from rehearsal.github.shapes.repository_shapes import node_id, repository_address, simple_user


def signature(who: Signature) -> dict[str, str]:
    """Author or committer of a commit."""
    return {
        "name": who.name,
        "email": who.email,
        "date": who.when.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def unsigned() -> dict[str, Any]:
    """Verification of a commit without a signature."""
    return {
        "verified": False,
        "reason": "unsigned",
        "signature": None,
        "payload": None,
        "verified_at": None,
    }


def head_commit(record: Commit) -> dict[str, Any]:
    """The newest commit where a run or an event mentions it."""
    return {
        "id": record.sha,
        "tree_id": record.tree,
        "message": record.message,
        "timestamp": record.committer.when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "author": {"name": record.author.name, "email": record.author.email},
        "committer": {"name": record.committer.name, "email": record.committer.email},
    }


def git_commit(github: LocalGitHub, repo: Repository, commit: Commit) -> dict[str, Any]:
    """A commit of the git data API."""
    url = f"{repository_address(github, repo)}/git"
    web = f"{github.server_url}/{repo.full_name}/commit"
    return {
        "sha": commit.sha,
        "node_id": node_id("C", commit.sha),
        "url": f"{url}/commits/{commit.sha}",
        "html_url": f"{web}/{commit.sha}",
        "author": signature(commit.author),
        "committer": signature(commit.committer),
        "message": commit.message,
        "tree": {"sha": commit.tree, "url": f"{url}/trees/{commit.tree}"},
        "parents": [
            {"sha": sha, "url": f"{url}/commits/{sha}", "html_url": f"{web}/{sha}"}
            for sha in commit.parents
        ],
        "verification": unsigned(),
    }


def commit(github: LocalGitHub, repo: Repository, record: Commit) -> dict[str, Any]:
    """A commit of the commits API."""
    url = repository_address(github, repo)
    web = f"{github.server_url}/{repo.full_name}/commit"
    people = {}
    for role, who in (("author", record.author), ("committer", record.committer)):
        known = github.access.accounts.get(who.name.lower())
        people[role] = simple_user(github, known) if known else {}
    return people | {
        "sha": record.sha,
        "node_id": node_id("C", record.sha),
        "url": f"{url}/commits/{record.sha}",
        "html_url": f"{web}/{record.sha}",
        "comments_url": f"{url}/commits/{record.sha}/comments",
        "commit": {
            "author": signature(record.author),
            "committer": signature(record.committer),
            "message": record.message,
            "tree": {"sha": record.tree, "url": f"{url}/git/trees/{record.tree}"},
            "url": f"{url}/git/commits/{record.sha}",
            "comment_count": 0,
            "verification": unsigned(),
        },
        "parents": [
            {"sha": sha, "url": f"{url}/commits/{sha}", "html_url": f"{web}/{sha}"}
            for sha in record.parents
        ],
    }


def tree(
    github: LocalGitHub, repo: Repository, sha: str, entries: list[TreeEntry]
) -> dict[str, Any]:
    """A tree of the git data API."""
    url = f"{repository_address(github, repo)}/git"
    listed = []
    for entry in entries:
        item: dict[str, Any] = {
            "path": entry.path,
            "mode": entry.mode,
            "type": entry.kind,
            "sha": entry.sha,
        }
        if entry.kind != "commit":
            item["url"] = f"{url}/{entry.kind}s/{entry.sha}"
        if entry.size is not None:
            item["size"] = entry.size
        listed.append(item)
    return {"sha": sha, "url": f"{url}/trees/{sha}", "tree": listed, "truncated": False}


def reference(github: LocalGitHub, repo: Repository, ref: str, sha: str) -> dict[str, Any]:
    """A branch or tag of the git data API."""
    url = f"{repository_address(github, repo)}/git"
    return {
        "ref": ref,
        "node_id": node_id("REF", ref),
        "url": f"{url}/{ref}",
        "object": {"sha": sha, "type": "commit", "url": f"{url}/commits/{sha}"},
    }
