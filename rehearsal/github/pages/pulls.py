"""What the pages show of pull requests."""

from typing import Any

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Comment, PullRequest, Repository
from rehearsal.github.pages.commits import checks_of, offered_commits
from rehearsal.github.pages.diffs import show_diff
from rehearsal.github.pages.shown import part_of
from rehearsal.github.repositories.comparison import merge_base
from rehearsal.github.repositories.pull_requests import find_pull_request


def show_pulls(
    github: LocalGitHub, repository: Repository, asked: dict[str, Any]
) -> dict[str, Any]:
    """Pull requests, newest first."""
    found = github.store.select(PullRequest, repository_id=repository.id)
    found.sort(key=lambda pull: pull.number, reverse=True)
    return {"part": part_of(found, asked), "state_of_pull": _state}


def show_pull(github: LocalGitHub, repository: Repository, asked: dict[str, Any]) -> dict[str, Any]:
    """A pull request with its conversation, commits, checks and changes."""
    pull = find_pull_request(github, repository, str(asked["number"]))
    git = github.git(repository)
    ancestor = merge_base(git, pull.base_sha, pull.head_sha) or pull.base_sha
    said = github.store.select(Comment, repository_id=repository.id, number=pull.number)
    return {
        "pull": pull,
        "state_of_pull": _state,
        "comments": said,
        "commits": offered_commits(git, pull.base_sha, pull.head_sha),
        **checks_of(github, repository, pull.head_sha),
        **show_diff(git, ancestor, pull.head_sha),
    }


def _state(pull: PullRequest) -> str:
    if pull.merged_at:
        return "merged"
    return "draft" if pull.draft and pull.state == "open" else pull.state
