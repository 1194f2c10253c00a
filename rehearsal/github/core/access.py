"""Who is asking, and what they may do.

Classic personal access tokens carry scopes, fine-grained ones a grant (``grants.py``); a job's
``GITHUB_TOKEN`` carries permissions for one repository and dies with its job. GitHub hides what a
caller may not see (404) and refuses what it may see but not do (403).
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from rehearsal.github.core.errors import BadCredentialsError, ForbiddenError, NotFoundError
from rehearsal.github.core.grants import Grant
from rehearsal.github.core.resources import Account, Repository
from rehearsal.github.core.settings import Accounts, FineGrainedToken, TokenEntry

ACTIONS = Account(41898282, "github-actions[bot]")
ARCHIVED = "Repository was archived so is read-only."
INTEGRATION = "Resource not accessible by integration"


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller."""

    account: Account
    scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    repository_id: int | None = None
    permissions: dict[str, str] = field(default_factory=dict)
    grant: Grant | None = None

    @property
    def is_job(self) -> bool:
        """True for the token of a workflow job."""
        return self.repository_id is not None

    @property
    def may_write_workflows(self) -> bool:
        """True if commits of this caller may touch ``.github/workflows``."""
        if self.grant is not None:
            return self.grant.has("workflows", "write")
        return not self.is_job and "workflow" in self.scopes

    def has_scope(self, *scopes: str) -> bool:
        """True if one of the scopes is the token's; a fine-grained token needs none."""
        return self.grant is not None or not self.scopes.isdisjoint(scopes)


class Access:
    """Tokens and the rules about them."""

    def __init__(self, accounts: Accounts, clock: Callable[[], datetime]) -> None:
        self.accounts = accounts.by_login()
        self._tokens = {entry.token: entry for entry in accounts.every_token()}
        self._jobs: dict[str, Principal] = {}
        self._clock = clock

    def account(self, login: str) -> Account:
        """The user or organization with this login.

        Raises:
            NotFoundError: there is none.
        """
        found = self.accounts.get(login.lower())
        if found is None and login != ACTIONS.login:
            raise NotFoundError
        return found or ACTIONS

    def admit_job(self, token: str, repository_id: int, permissions: dict[str, str]) -> None:
        """Let a job's token in until ``dismiss_job``."""
        self._jobs[token] = Principal(ACTIONS, repository_id=repository_id, permissions=permissions)

    def dismiss_job(self, token: str) -> None:
        """The job has ended: its token is worth nothing now."""
        self._jobs.pop(token, None)

    def authenticate(self, authorization: str | None) -> Principal | None:
        """The caller behind an ``Authorization`` header; None without a header.

        Raises:
            BadCredentialsError: the token is unknown or has expired.
        """
        if not authorization:
            return None
        for candidate in _candidates(authorization):
            if candidate in self._jobs:
                return self._jobs[candidate]
            entry = self._tokens.get(candidate)
            if entry is not None:
                return self._of_token(entry)
        raise BadCredentialsError

    def caller(self, authorization: str | None) -> Principal | None:
        """Who asks, as far as the header tells; None also for a token that is not good."""
        try:
            return self.authenticate(authorization)
        except BadCredentialsError:
            return None

    def add_token(self, entry: TokenEntry | FineGrainedToken) -> None:
        """Let a token in from now on, or change what it may do."""
        self._tokens[entry.token] = entry

    def put_account(self, account: Account) -> None:
        """Make an account, or change its rules."""
        self.accounts[account.login.lower()] = account

    def _of_token(self, entry: TokenEntry | FineGrainedToken) -> Principal:
        if entry.expires_at is not None and entry.expires_at <= self._clock():
            raise BadCredentialsError
        account = self.account(entry.login)
        if isinstance(entry, TokenEntry):
            return Principal(account, frozenset(entry.scopes), entry.expires_at)
        owner = self.account(entry.owner)
        is_approved = entry.is_approved or not owner.approves_fine_grained_tokens
        grant = Grant(owner.login, entry.repositories, entry.permissions, is_approved)
        return Principal(account, expires_at=entry.expires_at, grant=grant)

    def administers(self, principal: Principal, owner: str) -> bool:
        """True for the owner's own account and for members of the organization.

        A fine-grained token speaks for its user only where it reaches.

        Raises:
            ForbiddenError: the organization lets no classic token in.
        """
        account = self.account(owner)
        if principal.grant is not None and not principal.grant.reaches(account.login):
            return False
        login = principal.account.login.lower()
        is_member = login in {m.lower() for m in account.members}
        is_classic = principal.grant is None and not principal.is_job
        if is_member and account.forbids_classic_tokens and is_classic:
            raise ForbiddenError(
                f"`{account.login}` forbids access via a personal access token (classic). Please "
                "use a GitHub App, OAuth App, or a personal access token with fine-grained "
                "permissions."
            )
        return is_member or login == account.login.lower()

    def may_create(self, principal: Principal, account: Account) -> bool:
        """Whether a member of an organization may make private repositories in it."""
        return account.members_create_private or owns(principal, account)

    def require(
        self, principal: Principal | None, repository: Repository, area: str, level: str
    ) -> None:
        """Refuse a caller that may not read or write an area of a repository.

        ``area`` is a permission name of ``GITHUB_TOKEN`` (contents, statuses, actions, …) and
        ``level`` is ``read`` or ``write``.

        Raises:
            NotFoundError: the caller may not even see the repository.
            ForbiddenError: it may see it, but not do this.
        """
        if principal is not None and principal.is_job:
            _require_job(principal, repository, area, level)
        elif not self._sees(principal, repository):
            raise NotFoundError
        elif level == "write" and not self._writes(principal, repository):
            raise ForbiddenError("Must have admin rights to Repository.")
        if repository.archived and level == "write":
            raise ForbiddenError(ARCHIVED)

    def _sees(self, principal: Principal | None, repository: Repository) -> bool:
        return not repository.private or self._reaches(principal, repository, {"repo"})

    def _writes(self, principal: Principal | None, repository: Repository) -> bool:
        return self._reaches(principal, repository, {"repo", "public_repo"})

    def _reaches(
        self, principal: Principal | None, repository: Repository, scopes: set[str]
    ) -> bool:
        if principal is None or not principal.has_scope(*scopes):
            return False
        if principal.grant and not principal.grant.covers(repository.owner, repository.name):
            return False
        return self.administers(principal, repository.owner)


def owns(principal: Principal, account: Account) -> bool:
    """Whether somebody may change the settings of an organization."""
    return principal.account.login.lower() in {login.lower() for login in account.owners}


def _require_job(principal: Principal, repository: Repository, area: str, level: str) -> None:
    granted = principal.permissions.get(area, "none")
    allowed = granted == "write" or (level == "read" and granted == "read")
    if principal.repository_id != repository.id and repository.private:
        raise NotFoundError
    if area == "metadata" and level == "read":
        return
    if principal.repository_id != repository.id or not allowed:
        raise ForbiddenError(INTEGRATION)


def _candidates(authorization: str) -> list[str]:
    """The strings in a header that may be a token: Bearer, token, or either half of Basic."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() in {"bearer", "token"}:
        return [value.strip()]
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return []
        return [password, user]
    return []
