"""What the pages show of commits: the newest of a branch, one, and what two differ in."""

from typing import Any

from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import CommitComment, Repository, Run
from rehearsal.github.git.git_objects import EMPTY_TREE, Commit
from rehearsal.github.git.git_repository import GitRepository
from rehearsal.github.pages.diffs import show_diff
from rehearsal.github.pages.places import COMMIT_ID, find_commit, find_place
from rehearsal.github.pages.shown import PART_SIZE, one_part, part_number
from rehearsal.github.repositories.commit_statuses import newest_reports
from rehearsal.github.repositories.comparison import merge_base
from rehearsal.github.repositories.pull_requests import branch_of

MOST_COMMITS = 100
_MOST_CHECKS = 50
# How far back the commits of one path are looked for.
_DEEPEST = 1000


def show_commits(
    github: LocalGitHub, repository: Repository, asked: dict[str, Any]
) -> dict[str, Any]:
    """Commits of a branch, newest first, or those of them that changed a path."""
    git = github.git(repository)
    ref, commit, path = find_place(git, asked.get("place") or repository.default_branch)
    skip = (part_number(asked) - 1) * PART_SIZE
    oldest = git.history(commit.sha, limit=1, skip=_DEEPEST) if path else []
    found = git.history(
        commit.sha,
        limit=PART_SIZE + 1,
        skip=skip,
        without=oldest[0].sha if oldest else "",
        path=path,
    )
    return {"ref": ref, "path": path, "part": one_part(found, asked), "is_cut": bool(oldest)}


def show_commit(
    github: LocalGitHub, repository: Repository, asked: dict[str, Any]
) -> dict[str, Any]:
    """A commit, what it changed, and what was said about it."""
    if not COMMIT_ID.fullmatch(asked["sha"]):
        raise NotFoundError
    git = github.git(repository)
    commit = find_commit(git, asked["sha"])
    said = github.store.select(CommitComment, repository_id=repository.id, sha=commit.sha)
    before = commit.parents[0] if commit.parents else EMPTY_TREE
    checks = checks_of(github, repository, commit.sha)
    return {"commit": commit, "comments": said, **checks, **show_diff(git, before, commit.sha)}


def show_comparison(
    github: LocalGitHub, repository: Repository, asked: dict[str, Any]
) -> dict[str, Any]:
    """What the second of two commits has that the first has not."""
    base, dots, head = asked["names"].partition("...")
    sides = [branch_of(repository, side) for side in (base, head)]
    if not dots or not sides[0] or not sides[1]:
        raise NotFoundError
    git = github.git(repository)
    old, new = find_commit(git, sides[0]), find_commit(git, sides[1])
    ancestor = merge_base(git, old.sha, new.sha)
    if ancestor is None:
        raise NotFoundError
    offered = offered_commits(git, old.sha, new.sha)
    return {"base": base, "head": head, "commits": offered, **show_diff(git, ancestor, new.sha)}


def offered_commits(git: GitRepository, base: str, head: str) -> list[Commit]:
    """The newest commits of a head that are not in a base."""
    return git.history(head, without=base, limit=MOST_COMMITS)


def checks_of(github: LocalGitHub, repository: Repository, sha: str) -> dict[str, Any]:
    """The runs of a commit, and the newest report in each context, newest first."""
    runs = github.store.newest(Run, repository_id=repository.id, shown_sha=sha)
    reports = newest_reports(github, repository, sha)
    return {"runs": runs[:_MOST_CHECKS], "reports": reports[:_MOST_CHECKS]}
