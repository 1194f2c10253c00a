"""What the local GitHub is told at its start: accounts, tokens and the runner's machine."""

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from rehearsal.github.core.resources import Account, Organization

# Of the server's own start: the token that opens what GitHub does not have, such as faults.
CONTROL_TOKEN_VARIABLE = "REHEARSAL_CONTROL_TOKEN"  # noqa: S105 # a name, not a token

M = TypeVar("M", bound=BaseModel)


class SettingsError(Exception):
    """A settings file is missing or wrong; the message names the file and the remedy."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TokenEntry(_Strict):
    """One classic personal access token."""

    token: str
    login: str
    scopes: tuple[str, ...]
    expires_at: AwareDatetime | None = None


class FineGrainedToken(_Strict):
    """One fine-grained personal access token.

    ``owner`` is the account whose resources it reaches; ``repositories`` names those that were
    chosen, None: all; ``is_approved`` counts where the organization approves such tokens.
    """

    token: str = Field(pattern="^github_pat_")
    login: str
    owner: str
    repositories: tuple[str, ...] | None = None
    permissions: dict[str, Literal["read", "write"]] = Field(default_factory=dict)
    expires_at: AwareDatetime | None = None
    is_approved: bool = False


class Accounts(_Strict):
    """The accounts file."""

    users: tuple[Account, ...]
    organizations: tuple[Organization, ...] = ()
    tokens: tuple[TokenEntry, ...]
    fine_grained_tokens: tuple[FineGrainedToken, ...] = ()

    def every_token(self) -> tuple[TokenEntry | FineGrainedToken, ...]:
        """Tokens of both kinds."""
        return (*self.tokens, *self.fine_grained_tokens)

    def by_login(self) -> dict[str, Account]:
        """Accounts by lower-case login; GitHub's logins ignore case."""
        return {account.login.lower(): account for account in (*self.users, *self.organizations)}


class Cancellation(_Strict):
    """How long a cancelled job may go on; the defaults are GitHub's.

    A step that is given up has ``interrupt_seconds`` until SIGTERM and ``terminate_seconds`` more
    until SIGKILL; steps that still may run have until ``limit_seconds`` after the cancellation.
    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation
    """

    interrupt_seconds: float = 7.5
    terminate_seconds: float = 2.5
    limit_seconds: float = 300.0


class RunnerMachine(_Strict):
    """The runner file: what the machine of a self-hosted runner gives to every job.

    ``jobs_at_once`` 0: the runner is offline, and jobs wait in its queue.
    """

    env: dict[str, str] = Field(default_factory=dict)
    path: tuple[str, ...]
    name: str = "local-runner"
    jobs_at_once: int = Field(default=4, ge=0)
    cancellation: Cancellation = Cancellation()


def read_accounts(path: Path) -> Accounts:
    """Parse the accounts file, whose tokens are those of its users.

    Raises:
        SettingsError: it is not so; correct it as the message says.
    """
    accounts = read_settings(path, Accounts)
    known = accounts.by_login()
    for token in accounts.every_token():
        if token.login.lower() not in known:
            raise SettingsError(f"{path}: a token names {token.login}; add that user to `users`.")
    for grant in accounts.fine_grained_tokens:
        if grant.owner.lower() not in known:
            raise SettingsError(f"{path}: a token is of {grant.owner}; add that account.")
    return accounts


def read_settings(path: Path, model: type[M]) -> M:
    """Parse a settings file.

    Raises:
        SettingsError: it is missing or malformed; correct it as the message says.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}); give another.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise SettingsError(f"{path}: {where}: {first['msg']}; correct it.") from error
