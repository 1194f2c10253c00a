"""Composition of the local GitHub: what every operation and every wire format is given."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool

from rehearsal.github.core.access import Access, Principal
from rehearsal.github.core.faults import FaultPlan
from rehearsal.github.core.request_log import RequestLog
from rehearsal.github.core.resources import PullRequest, Repository
from rehearsal.github.core.settings import Accounts
from rehearsal.github.core.store import Store
from rehearsal.github.git.git_repository import GitRepository

Blocking = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class RefChange:
    """A branch or tag moved; None stands for "did not exist" and "does not exist any more"."""

    repository: Repository
    ref: str
    before: str | None
    after: str | None
    principal: Principal


@dataclass(frozen=True, slots=True)
class PullChange:
    """A pull request was opened, opened again, or its head moved; ``before`` is the old head."""

    repository: Repository
    pull: PullRequest
    action: Literal["opened", "reopened", "synchronize"]
    principal: Principal
    before: str = ""


@dataclass(slots=True)
class LocalGitHub:
    """Store, clock, access rules and addresses; operations are functions that take it.

    ``blocking`` runs work that blocks on behalf of a request: in a thread, so that others go on.
    """

    store: Store
    access: Access
    clock: Callable[[], datetime]
    server_url: str
    state_dir: Path
    faults: FaultPlan = field(default_factory=FaultPlan)
    blocking: Blocking = run_in_threadpool
    requests: RequestLog = field(default_factory=RequestLog)
    ref_listeners: list[Callable[[RefChange], None]] = field(default_factory=list)
    run_listeners: list[Callable[[int], None]] = field(default_factory=list)
    cancel_listeners: list[Callable[[int], None]] = field(default_factory=list)
    review_listeners: list[Callable[[int], None]] = field(default_factory=list)
    pull_listeners: list[Callable[[PullChange], None]] = field(default_factory=list)

    @property
    def api_url(self) -> str:
        """Base address of the REST API, as on GitHub Enterprise Server."""
        return f"{self.server_url}/api/v3"

    @property
    def issuer(self) -> str:
        """Issuer of OIDC tokens, as on GitHub Enterprise Server."""
        return f"{self.server_url}/_services/token"

    def now(self) -> str:
        """The time as GitHub writes it."""
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def git(self, repository: Repository) -> GitRepository:
        """The git data of a repository."""
        return GitRepository(self.state_dir / "repositories" / f"{repository.id}.git")

    def signing_key(self) -> bytes:
        """A random key that belongs to this state folder, made at first use."""
        return self.keep_file("signing-key", lambda: secrets.token_bytes(32))

    def keep_file(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The content of a private file of the state folder, made if new."""
        path = self.state_dir / name
        if not path.exists():
            draft = path.with_suffix(".new")
            draft.touch(mode=0o600)
            draft.write_bytes(make())
            draft.rename(path)
        return path.read_bytes()

    def refs_changed(
        self,
        repository: Repository,
        before: dict[str, str],
        after: dict[str, str],
        principal: Principal,
    ) -> None:
        """Tell the listeners about moved references."""
        for ref in sorted(before.keys() | after.keys()):
            if before.get(ref) != after.get(ref):
                change = RefChange(repository, ref, before.get(ref), after.get(ref), principal)
                for listener in self.ref_listeners:
                    listener(change)


def open_github(
    *,
    state_dir: Path,
    accounts: Accounts,
    server_url: str,
    clock: Callable[[], datetime],
    database: str = "github.sqlite",
) -> LocalGitHub:
    """Open, or begin, the state in a folder; the database ``:memory:`` keeps no records."""
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    (state_dir / "repositories").mkdir(exist_ok=True)
    store = Store(database if database == ":memory:" else str(state_dir / database))
    access = Access(accounts, clock)
    return LocalGitHub(store, access, clock, server_url, state_dir)
