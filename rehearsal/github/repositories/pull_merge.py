"""Merging a pull request, by git itself.

Imitated: https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from rehearsal.github.core.access import Principal
from rehearsal.github.core.errors import (
    ConflictError,
    ForbiddenError,
    NotMergeableError,
    UnmodelledError,
)
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import PullRequest, Repository
from rehearsal.github.git.git_objects import Signature
from rehearsal.github.git.git_repository import WORKFLOW_FOLDER, GitError, GitRepository
from rehearsal.github.repositories.git_data import move_branch
from rehearsal.github.repositories.pull_requests import HEADS, record_merge
from rehearsal.github.repositories.repositories import signature_of


class MergeWish(BaseModel):
    """How to merge; without a title or message, GitHub has its own."""

    model_config = ConfigDict(strict=True)
    commit_title: str | None = None
    commit_message: str | None = None
    sha: str | None = None
    merge_method: Literal["merge", "squash", "rebase"] = "merge"


def merge_pull_request(
    github: LocalGitHub,
    principal: Principal,
    repository: Repository,
    record: PullRequest,
    wish: MergeWish,
) -> PullRequest:
    """Merge with git and move the base branch.

    Raises:
        NotMergeableError: it is closed, a draft, or conflicts with the base.
        ConflictError: the head moved since the caller looked.
        ForbiddenError: it changes workflow files and the token lacks the scope.
    """
    if wish.merge_method == "rebase":
        raise UnmodelledError("merging by rebase")
    if record.state == "closed":
        raise NotMergeableError("Pull Request is not mergeable")
    if record.draft:
        raise NotMergeableError("Pull Request is still a draft")
    if wish.sha is not None and wish.sha != record.head_sha:
        raise ConflictError("Head branch was modified. Review and try the merge again.")
    kind = "merge_commit" if wish.merge_method == "merge" else "squash_merge"
    if not repository.features.get(f"allow_{kind}", True):
        name = "Merge commits" if wish.merge_method == "merge" else "Squash merges"
        raise NotMergeableError(f"{name} are not allowed on this repository.")
    git = github.git(repository)
    base_sha = str(git.ref(HEADS + record.base))
    tree = merged_tree(git, base_sha, record.head_sha)
    if tree is None:
        raise NotMergeableError("Pull Request is not mergeable")
    _check_workflow_scope(git, principal, base_sha, tree)
    squash = wish.merge_method == "squash"
    commit = git.write_commit(
        tree=tree,
        parents=[base_sha] if squash else [base_sha, record.head_sha],
        author=signature_of(github, principal.account),
        committer=Signature("GitHub", "noreply@github.com", github.clock()),
        message=_merge_message(repository, record, wish),
    )
    ref = HEADS + record.base
    move_branch(github, principal, repository, ref, before=base_sha, after=commit.sha)
    merged = record_merge(github, record, principal, commit.sha)
    is_spent = record.head != repository.default_branch
    if is_spent and repository.features.get("delete_branch_on_merge"):
        ref = HEADS + record.head
        move_branch(github, principal, repository, ref, before=record.head_sha, after=None)
    return merged


def merged_tree(git: GitRepository, base_sha: str, head_sha: str) -> str | None:
    """The tree of a merge of two commits; None if they conflict."""
    try:
        output = git.run("merge-tree", "--write-tree", base_sha, head_sha)
    except GitError:
        return None
    return output.decode().split("\n", 1)[0]


def _check_workflow_scope(
    git: GitRepository, principal: Principal, base_sha: str, tree: str
) -> None:
    changed = git.changed_paths(base_sha, tree, WORKFLOW_FOLDER)
    if changed and not principal.may_write_workflows:
        who = "GitHub App" if principal.is_job else "Personal Access Token"
        what = "`workflows` permission" if principal.is_job else "`workflow` scope"
        raise ForbiddenError(
            f"refusing to allow a {who} to create or update workflow `{changed[0]}` without {what}"
        )


def _merge_message(repository: Repository, record: PullRequest, wish: MergeWish) -> str:
    if wish.merge_method == "squash":
        title, body = f"{record.title} (#{record.number})", record.body or ""
    else:
        label = f"{repository.owner}/{record.head}"
        title, body = f"Merge pull request #{record.number} from {label}", record.title
    body = body if wish.commit_message is None else wish.commit_message
    return f"{wish.commit_title or title}\n\n{body}".rstrip()
