"""The records that the local GitHub keeps.

Every record has an integer ``id`` that is never used twice, as on GitHub. Times are ISO 8601 in
UTC (``2026-11-23T09:40:00Z``), which is how the REST API writes them.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ConfigDict

AccountKind = Literal["User", "Organization"]
Plan = Literal["free", "pro", "team", "enterprise"]
# A ruleset of the organization, or the older protection of a branch; their refusals differ.
BranchRule = Literal["ruleset", "protection"]


@dataclass(frozen=True, slots=True)
class Team:
    """Some members of an organization, who may be asked together."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: int
    slug: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A user; comes from the accounts file, not from the store.

    ``default_branch`` is for new repositories. ``allowed_actions`` are patterns of the actions
    that workflows may use beside the owner's; None: all. With ``minutes_are_spent`` GitHub starts
    no job of a private repository on its own runners. ``owners`` are those of the members who may
    change an organization's settings; the others make private repositories unless
    ``members_create_private`` is false. ``subject_claims`` are what its repositories may choose to
    write into subjects; ``runner_labels`` are those of its self-hosted runner.
    ``approves_fine_grained_tokens``: such a token reaches nothing private until an owner approves
    it. ``default_branch_rule`` keeps everybody from pushing to the default branches of its
    repositories.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: int
    login: str
    kind: AccountKind = "User"
    plan: Plan = "pro"
    members: tuple[str, ...] = ()
    default_branch: str = "main"
    teams: tuple[Team, ...] = ()
    forbids_classic_tokens: bool = False
    allowed_actions: tuple[str, ...] | None = None
    minutes_are_spent: bool = False
    owners: tuple[str, ...] = ()
    members_create_private: bool = True
    subject_claims: tuple[str, ...] = ("repo", "context")
    runner_labels: tuple[str, ...] = ("self-hosted",)
    approves_fine_grained_tokens: bool = False
    default_branch_rule: BranchRule | None = None


@dataclass(frozen=True, slots=True)
class Organization(Account):
    """An organization; every member administers its repositories."""

    kind: AccountKind = "Organization"
    plan: Plan = "team"


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
class RepositoryRecord:
    """Something that belongs to a repository, and goes with it."""

    id: int
    repository_id: int


@dataclass(frozen=True, slots=True)
class DatedRecord(RepositoryRecord):
    """One that tells when it was made, and when it was changed last."""

    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class FormerName(RepositoryRecord):
    """A name that a repository had; it leads there until another repository takes it."""

    full_name: str


@dataclass(frozen=True, slots=True)
class PullRequest(DatedRecord):
    """A pull request within one repository.

    ``head_sha`` follows the head branch while it is open; ``base_sha`` is the base branch's head
    as of the last time that the head moved.
    """

    number: int
    title: str
    body: str | None
    head: str
    base: str
    head_sha: str
    base_sha: str
    author: str
    draft: bool = False
    state: Literal["open", "closed"] = "open"
    closed_at: str | None = None
    merged_at: str | None = None
    merged_by: str | None = None
    merge_commit_sha: str | None = None


@dataclass(frozen=True, slots=True)
class Comment(DatedRecord):
    """A comment in the conversation of a pull request."""

    number: int
    author: str
    body: str


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A user or a team by its id; one of an environment's reviewers has to approve."""

    type: Literal["User", "Team"]
    id: int


@dataclass(frozen=True, slots=True)
class Environment(DatedRecord):
    """A deployment environment with its protection rules."""

    name: str
    wait_timer_minutes: int = 0
    reviewers: tuple[Reviewer, ...] = ()
    prevent_self_review: bool = False


@dataclass(frozen=True, slots=True)
class Approval(RepositoryRecord):
    """What one reviewer said, once, about environments that a run waits for.

    GitHub's API does not tell when; its pages do. Empty in a world that was kept without it.
    """

    run_id: int
    environment_ids: tuple[int, ...]
    user: str
    state: Literal["approved", "rejected"]
    comment: str
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class NamedValue(DatedRecord):
    """What a job is given under a name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Secret(NamedValue):
    """An Actions secret."""


@dataclass(frozen=True, slots=True)
class Variable(NamedValue):
    """An Actions variable."""


@dataclass(frozen=True, slots=True)
class CommitStatus(RepositoryRecord):
    """One report of an outside system about one commit."""

    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: str
    created_at: str


@dataclass(frozen=True, slots=True)
class CommitComment(DatedRecord):
    """A comment on a whole commit."""

    sha: str
    author: str
    body: str


@dataclass(frozen=True, slots=True)
class Workflow(DatedRecord):
    """A workflow file that has been seen on the default branch or in a run."""

    path: str
    name: str
    runs: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt of a run ended that was run again since."""

    number: int
    started_at: str | None
    updated_at: str
    conclusion: str | None
    problem: str | None
    triggered_by: str


@dataclass(frozen=True, slots=True)
class Run(DatedRecord):
    """One run of a workflow.

    ``problem`` is the reason of a ``startup_failure`` or of a cancellation, in one sentence. A run
    of a pull request works with ``sha``, the merge of both branches, and is shown with ``head_sha``
    and ``head_branch``, those of the pull request. Who runs it again is ``triggered_by``; what was
    before is ``earlier``.
    """

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
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    problem: str | None = None
    head_sha: str = ""
    head_branch: str = ""
    attempt: int = 1
    triggered_by: str = ""
    earlier: tuple[Attempt, ...] = ()

    @property
    def triggering_actor(self) -> str:
        """Login of who started this attempt."""
        return self.triggered_by or self.actor

    @property
    def shown_sha(self) -> str:
        """The commit that the API shows."""
        return self.head_sha or self.sha

    @property
    def shown_branch(self) -> str:
        """The branch or tag that the API shows, without what kind it is."""
        return self.head_branch or self.ref.split("/", 2)[-1]


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
class Job(RepositoryRecord):
    """One job of a run; ``tracking_id`` marks its processes (``RUNNER_TRACKING_ID``).

    ``review`` is what a reviewer of its environment said; it waits since ``waiting_since``.
    ``problem`` is why it never got a runner, in one sentence.
    """

    run_id: int
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
    waiting_since: str | None = None
    review: Literal["", "approved", "rejected"] = ""
    problem: str | None = None
    attempt: int = 1
