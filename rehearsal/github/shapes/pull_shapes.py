"""JSON that GitHub answers for pull requests and comparisons."""

from typing import Any
from urllib.parse import quote

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Comment, PullRequest, Repository
from rehearsal.github.repositories.comparison import (
    Comparison,
    FileChange,
    changed_files,
    merge_base,
)
from rehearsal.github.repositories.git_data import find_commit
from rehearsal.github.repositories.pull_merge import merged_tree
from rehearsal.github.repositories.pull_requests import HEADS
from rehearsal.github.shapes import git_shapes, repository_shapes

LARGEST_DIFF = 300
_LINKS = {
    "commits_url": "/pulls/{number}/commits",
    "review_comments_url": "/pulls/{number}/comments",
    "review_comment_url": "/pulls/comments{{/number}}",
    "comments_url": "/issues/{number}/comments",
    "issue_url": "/issues/{number}",
}


def pull_request(github: LocalGitHub, repo: Repository, record: PullRequest) -> dict[str, Any]:
    """A pull request in a list."""
    api = repository_shapes.repository_address(github, repo)
    web = f"{github.server_url}/{repo.full_name}/pull/{record.number}"
    links = {name: api + text.format(number=record.number) for name, text in _LINKS.items()}
    links |= {
        "url": f"{api}/pulls/{record.number}",
        "html_url": web,
        "statuses_url": f"{api}/statuses/{record.head_sha}",
    }
    plain = ("id", "number", "state", "title", "body", "draft")
    times = ("created_at", "updated_at", "closed_at", "merged_at", "merge_commit_sha")
    return (
        links
        | repository_shapes.plain(record, *plain, *times)
        | {
            "node_id": repository_shapes.node_id("PR", record.id),
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            "locked": False,
            "user": repository_shapes.simple_user(github, github.access.account(record.author)),
            "labels": [],
            "milestone": None,
            "assignee": None,
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "auto_merge": None,
            "author_association": "OWNER" if repo.owner == record.author else "MEMBER",
            "head": _side(github, repo, record.head, record.head_sha),
            "base": _side(github, repo, record.base, record.base_sha),
            "_links": _related(links),
        }
    )


def minimal(github: LocalGitHub, repo: Repository, record: PullRequest) -> dict[str, Any]:
    """A pull request where a run mentions it."""
    api = repository_shapes.repository_address(github, repo)
    where = {"id": repo.id, "url": api, "name": repo.name}
    return {
        "id": record.id,
        "number": record.number,
        "url": f"{api}/pulls/{record.number}",
        "head": {"ref": record.head, "sha": record.head_sha, "repo": where},
        "base": {"ref": record.base, "sha": record.base_sha, "repo": where},
    }


def whole_pull_request(
    github: LocalGitHub, repo: Repository, record: PullRequest
) -> dict[str, Any]:
    """A pull request asked for by its number."""
    git = github.git(repo)
    ancestor = merge_base(git, record.base_sha, record.head_sha) or record.base_sha
    files = changed_files(git, ancestor, record.head_sha)
    commits = git.run("rev-list", "--count", f"{record.base_sha}..{record.head_sha}")
    mergeable = None
    if record.state == "open":
        base = git.ref(HEADS + record.base) or record.base_sha
        mergeable = merged_tree(git, base, record.head_sha) is not None
    comments = github.store.select(Comment, repository_id=repo.id, number=record.number)
    merger = github.access.account(record.merged_by) if record.merged_by else None
    return pull_request(github, repo, record) | {
        "merged": record.merged_at is not None,
        "mergeable": mergeable,
        "mergeable_state": {None: "unknown", True: "clean", False: "dirty"}[mergeable],
        "rebaseable": mergeable,
        "merged_by": repository_shapes.simple_user(github, merger) if merger else None,
        "comments": len(comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": int(commits),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def comparison(
    github: LocalGitHub, repo: Repository, found: Comparison, names: str, commits: list[str]
) -> dict[str, Any]:
    """Two commits compared; ``commits`` is the page of those ahead, ``names`` is as asked."""
    git = github.git(repo)
    api = f"{repository_shapes.repository_address(github, repo)}/compare"
    web = f"{github.server_url}/{repo.full_name}/compare"
    files = changed_files(git, found.merge_base.sha, found.head.sha)[:LARGEST_DIFF]
    exact = "...".join(f"{repo.owner}:{sha[:7]}" for sha in (found.base.sha, found.head.sha))
    shown = quote(names, safe="/:")
    return {
        "url": f"{api}/{names}",
        "html_url": f"{web}/{shown}",
        "permalink_url": f"{web}/{exact}",
        "diff_url": f"{web}/{shown}.diff",
        "patch_url": f"{web}/{shown}.patch",
        "base_commit": git_shapes.commit(github, repo, found.base),
        "merge_base_commit": git_shapes.commit(github, repo, found.merge_base),
        "status": found.status,
        "ahead_by": len(found.ahead),
        "behind_by": found.behind,
        "total_commits": len(found.ahead),
        "commits": [git_shapes.commit(github, repo, find_commit(git, sha)) for sha in commits],
        "files": [_file(github, repo, file, found.head.sha) for file in files],
    }


def _file(github: LocalGitHub, repo: Repository, file: FileChange, head: str) -> dict[str, Any]:
    web = f"{github.server_url}/{repo.full_name}"
    api = repository_shapes.repository_address(github, repo)
    shown: dict[str, Any] = {
        "sha": file.sha,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{web}/blob/{head}/{quote(file.path)}",
        "raw_url": f"{web}/raw/{head}/{quote(file.path)}",
        "contents_url": f"{api}/contents/{file.path}?ref={head}",
    }
    return shown | ({"previous_filename": file.previous} if file.previous else {})


def _side(github: LocalGitHub, repo: Repository, branch: str, sha: str) -> dict[str, Any]:
    return {
        "label": f"{repo.owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": repository_shapes.simple_user(github, github.access.account(repo.owner)),
        "repo": repository_shapes.repository(github, repo),
    }


def _related(links: dict[str, str]) -> dict[str, dict[str, str]]:
    names = {
        "self": "url",
        "html": "html_url",
        "issue": "issue_url",
        "comments": "comments_url",
        "review_comments": "review_comments_url",
        "review_comment": "review_comment_url",
        "commits": "commits_url",
        "statuses": "statuses_url",
    }
    return {name: {"href": links[field]} for name, field in names.items()}
