"""The records that the local GitHub keeps.

Every record has an integer ``id`` that is never used twice, as on GitHub. Times are ISO 8601 in
UTC (``2026-11-23T09:40:00Z``), which is how the REST API writes them.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

AccountKind = Literal["User", "Organization"]


@dataclass(frozen=True, slots=True)
class Account:
    """A user or an organization; comes from the accounts file, not from the store."""

    id: int
    login: str
    kind: AccountKind
    plan: str
    members: tuple[str, ...] = ()
    default_branch: str = "main"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository; its git data lies in ``<state>/repositories/<id>.git``."""

    id: int
    owner: str
    owner_id: int
    name: str
    description: str | None
    private: bool
    created_at: str
    updated_at: str
    pushed_at: str
    default_branch: str = "main"
    archived: bool = False
    features: dict[str, bool] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """``owner/name``, as in addresses and in ``github.repository``."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name that a repository had; it leads there until another repository takes it."""

    id: int
    repository_id: int
    full_name: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request within one repository.

    ``head_sha`` follows the head branch while it is open; ``base_sha`` is the base branch's head
    as of the last time that the head moved.
    """

    id: int
    repository_id: int
    number: int
    title: str
    body: str | None
    head: str
    base: str
    head_sha: str
    base_sha: str
    author: str
    created_at: str
    updated_at: str
    draft: bool = False
    state: Literal["open", "closed"] = "open"
    closed_at: str | None = None
    merged_at: str | None = None
    merged_by: str | None = None
    merge_commit_sha: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """A deployment environment, without protection rules."""

    id: int
    repository_id: int
    name: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Secret:
    """An Actions secret; ``environment`` is empty for one of the repository."""

    id: int
    repository_id: int
    environment: str
    name: str
    value: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Variable:
    """An Actions variable; ``environment`` is empty for one of the repository."""

    id: int
    repository_id: int
    environment: str
    name: str
    value: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """One report of an outside system about one commit."""

    id: int
    repository_id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow file that has been seen on the default branch or in a run."""

    id: int
    repository_id: int
    path: str
    name: str
    runs: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a workflow.

    ``problem`` is the reason of a ``startup_failure`` or of a cancellation, in one sentence.
    """

    id: int
    repository_id: int
    workflow_id: int
    name: str
    path: str
    number: int
    event: str
    ref: str
    sha: str
    actor: str
    title: str
    payload: dict[str, Any]
    created_at: str
    updated_at: str
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job as the jobs API shows it."""

    number: int
    name: str
    status: str
    conclusion: str | None
    started_at: str | None
    completed_at: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a run; ``tracking_id`` marks its processes (``RUNNER_TRACKING_ID``)."""

    id: int
    run_id: int
    repository_id: int
    key: str
    name: str
    labels: tuple[str, ...]
    tracking_id: str
    created_at: str
    status: str = "queued"
    conclusion: str | None = None
    environment: str = ""
    started_at: str | None = None
    completed_at: str | None = None
    steps: tuple[Step, ...] = ()
    outputs: dict[str, str] = field(default_factory=dict)
