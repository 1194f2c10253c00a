"""Which workflows a pull request starts, and the commit that they work with.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request
"""

from typing import Any

from rehearsal.github.actions.event_filters import pull_matches
from rehearsal.github.actions.run_context import common_payload
from rehearsal.github.actions.runs import Trigger, is_skipped, start_matching
from rehearsal.github.core.local_github import LocalGitHub, PullChange
from rehearsal.github.git.git_objects import NO_COMMIT
from rehearsal.github.git.git_repository import GitRepository
from rehearsal.github.repositories.comparison import merge_base
from rehearsal.github.repositories.pull_merge import merged_tree
from rehearsal.github.repositories.pull_requests import HEADS
from rehearsal.github.repositories.repositories import signature_of
from rehearsal.github.shapes import pull_shapes


def start_for_pull_request(github: LocalGitHub, change: PullChange) -> None:
    """Point ``refs/pull/N`` at an offer and start what it triggers in the merge of both branches.

    One that conflicts starts nothing, as on GitHub, nor does what a job's own token does.
    """
    git, pull = github.git(change.repository), change.pull
    _point(git, f"refs/pull/{pull.number}/head", pull.head_sha)
    merge = _merge(github, git, change)
    if merge is None:
        return
    ref = f"refs/pull/{pull.number}/merge"
    _point(git, ref, merge)
    head = git.commit(pull.head_sha)
    if change.principal.is_job or head is None or is_skipped(head):
        return
    trigger = Trigger(
        event="pull_request",
        ref=ref,
        sha=merge,
        actor=change.principal.account,
        payload=_payload(github, change),
        title=pull.title,
        head_sha=pull.head_sha,
        head_branch=pull.head,
    )
    ancestor = merge_base(git, pull.base_sha, pull.head_sha)
    start_matching(
        github, change.repository, trigger, lambda file: pull_matches(git, file, change, ancestor)
    )


def _point(git: GitRepository, ref: str, sha: str) -> None:
    git.update_ref(ref, sha, git.ref(ref) or NO_COMMIT)


def _merge(github: LocalGitHub, git: GitRepository, change: PullChange) -> str | None:
    """The commit that merging would make now; None if the branches conflict."""
    head, base = change.pull.head_sha, git.ref(HEADS + change.pull.base) or change.pull.base_sha
    tree = merged_tree(git, base, head)
    if tree is None:
        return None
    signature = signature_of(github, change.principal.account)
    commit = git.write_commit(
        tree=tree,
        parents=[base, head],
        author=signature,
        committer=signature,
        message=f"Merge {head} into {base}",
    )
    return commit.sha


def _payload(github: LocalGitHub, change: PullChange) -> dict[str, Any]:
    payload = {
        "action": change.action,
        "number": change.pull.number,
        "pull_request": pull_shapes.whole_pull_request(github, change.repository, change.pull),
    } | common_payload(github, change.repository, change.principal.account)
    if change.action == "synchronize":
        payload |= {"before": change.before, "after": change.pull.head_sha}
    return payload
