"""Rules of pull requests between branches of one repository.

Imitated: https://docs.github.com/en/rest/pulls/pulls (API version 2022-11-28).
"""

from dataclasses import replace
from typing import Any

from rehearsal.github.core.access import Principal
from rehearsal.github.core.errors import ForbiddenError, NotFoundError, invalid
from rehearsal.github.core.local_github import LocalGitHub, PullChange, RefChange
from rehearsal.github.core.resources import PullRequest, Repository
from rehearsal.github.git.git_repository import GitRepository
from rehearsal.github.repositories.comparison import merge_base

HEADS = "refs/heads/"


def find_pull_request(github: LocalGitHub, repository: Repository, number: str) -> PullRequest:
    """A pull request by its number.

    Raises:
        NotFoundError: there is none.
    """
    wanted = int(number) if number.isdecimal() else 0
    found = github.store.first(PullRequest, repository_id=repository.id, number=wanted)
    if found is None:
        raise NotFoundError
    return found


def open_pull_request(
    github: LocalGitHub, principal: Principal, repository: Repository, wish: dict[str, Any]
) -> PullRequest:
    """Offer a branch; ``wish`` is the body: title, body, head, base and draft.

    Raises:
        ForbiddenError: the token of a workflow's job asks.
        ValidationError: a branch is missing, has nothing to offer, or is already offered.
    """
    if principal.is_job:
        raise ForbiddenError("GitHub Actions is not permitted to create or approve pull requests.")
    git, base = github.git(repository), wish["base"]
    head = branch_of(repository, wish["head"])
    base_sha = git.ref(HEADS + base)
    head_sha = git.ref(HEADS + head) if head else None
    for name, sha in (("head", head_sha), ("base", base_sha)):
        if sha is None:
            raise invalid("PullRequest", "invalid", field=name)
    _check_offer(git, base, str(base_sha), str(head), str(head_sha))
    if _open(github, repository, head=head, base=base):
        label = f"{repository.owner}:{head}"
        raise invalid("PullRequest", "custom", f"A pull request already exists for {label}.")
    now = github.now()
    record = PullRequest(
        id=github.store.next_id("PullRequest"),
        repository_id=repository.id,
        number=github.store.next_id(f"Number of {repository.id}"),
        title=wish["title"],
        body=wish.get("body"),
        head=str(head),
        base=base,
        head_sha=str(head_sha),
        base_sha=str(base_sha),
        author=principal.account.login,
        created_at=now,
        updated_at=now,
        draft=wish.get("draft", False),
    )
    github.store.put(record)
    _tell(github, PullChange(repository, record, "opened", principal))
    return record


def branch_of(repository: Repository, head: str) -> str | None:
    """The branch in ``branch`` or ``owner:branch``; None if it lies in another repository."""
    owner, colon, branch = head.rpartition(":")
    return branch if not colon or owner.lower() == repository.owner.lower() else None


def change_pull_request(
    github: LocalGitHub,
    principal: Principal,
    repository: Repository,
    record: PullRequest,
    wish: dict[str, Any],
) -> PullRequest:
    """Change title, body or base; close it, or open it again.

    Raises:
        ValidationError: it cannot be opened again, or the base does not exist.
    """
    git, now = github.git(repository), github.now()
    base = wish.get("base", record.base)
    if base != record.base:
        base_sha = git.ref(HEADS + base)
        if base_sha is None:
            raise invalid("PullRequest", "invalid", field="base")
        _check_offer(git, base, base_sha, record.head, record.head_sha)
        record = replace(record, base=base, base_sha=base_sha)
    state, before = wish.get("state", record.state), record.state
    if state == "open" and before == "closed":
        record = _reopened(github, repository, record)
    elif state == "closed" and before == "open":
        record = replace(record, state="closed", closed_at=now)
    title, body = wish.get("title", record.title), wish.get("body", record.body)
    record = github.store.put(replace(record, title=title, body=body, updated_at=now))
    if state == "open" and before == "closed":
        _tell(github, PullChange(repository, record, "reopened", principal))
    return record


def follow_branch(github: LocalGitHub, change: RefChange) -> None:
    """Let open pull requests follow a branch that moved: theirs, or the one they aim at."""
    if not change.ref.startswith(HEADS):
        return
    branch = change.ref.removeprefix(HEADS)
    repository, who, now = change.repository, change.principal, github.now()
    git = github.git(repository)
    for record in _open(github, repository, head=branch):
        if change.after is None:
            github.store.put(replace(record, state="closed", closed_at=now, updated_at=now))
            continue
        base_sha = git.ref(HEADS + record.base) or record.base_sha
        moved = replace(record, head_sha=change.after, base_sha=base_sha, updated_at=now)
        if git.is_ancestor(change.after, base_sha):  # nothing is left to offer
            moved = replace(moved, state="closed", closed_at=now)
        github.store.put(moved)
        if moved.state == "open":
            _tell(github, PullChange(repository, moved, "synchronize", who, record.head_sha))
    for record in _open(github, repository, base=branch):
        if change.after is None:
            github.store.put(replace(record, state="closed", closed_at=now, updated_at=now))
        elif git.is_ancestor(record.head_sha, change.after):
            record_merge(github, record, who, change.after)


def record_merge(
    github: LocalGitHub, record: PullRequest, who: Principal, commit: str
) -> PullRequest:
    """Note that a commit of the base branch holds the head now."""
    now = github.now()
    return github.store.put(
        replace(
            record,
            state="closed",
            closed_at=now,
            merged_at=now,
            merged_by=who.account.login,
            merge_commit_sha=commit,
            updated_at=now,
        )
    )


def _tell(github: LocalGitHub, change: PullChange) -> None:
    for listener in github.pull_listeners:
        listener(change)


def _open(github: LocalGitHub, repository: Repository, **equal: object) -> list[PullRequest]:
    return github.store.select(PullRequest, repository_id=repository.id, state="open", **equal)


def _check_offer(git: GitRepository, base: str, base_sha: str, head: str, head_sha: str) -> None:
    """Refuse a head without history in common with the base, or without a commit of its own."""
    if merge_base(git, base_sha, head_sha) is None:
        raise invalid(
            "PullRequest", "custom", f"The {head} branch has no history in common with {base}"
        )
    if git.is_ancestor(head_sha, base_sha):
        raise invalid("PullRequest", "custom", f"No commits between {base} and {head}")


def _reopened(github: LocalGitHub, repository: Repository, record: PullRequest) -> PullRequest:
    git = github.git(repository)
    head_sha, why = git.ref(HEADS + record.head), ""
    if record.merged_at is not None:
        why = "The pull request was merged."
    elif head_sha is None:
        why = f"The {record.head} branch has been deleted."
    elif not git.is_ancestor(record.head_sha, head_sha):
        why = f"The {record.head} branch was force-pushed or recreated."
    elif _open(github, repository, head=record.head, base=record.base):
        why = f"There is already an open pull request from {record.head} to {record.base}."
    if why or head_sha is None:
        message = f"state cannot be changed. {why}"
        raise invalid("PullRequest", "invalid", message, field="state")
    return replace(record, state="open", closed_at=None, head_sha=head_sha)
