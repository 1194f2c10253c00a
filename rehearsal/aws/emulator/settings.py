"""Settings of the local AWS server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True)
class ServerSettings:
    """Where the server listens and keeps its state.

    Attributes:
        state_dir: holds everything that survives a stop; may be absent or empty.
        account: the project's AWS account, twelve digits; what names no account is its.
        other_accounts: the further accounts that exist here.
        root_secret: secret key of each account's root user.
        images_dir: holds the Python environments that stand for runtimes and containers.
        seconds_per_minute: how long a minute lasts while an endpoint is deployed, and for the
            alarms on its metrics; fewer than 60 make a deployment faster.
        quotas: values of Service Quotas by their codes, where they are not as usual.
        organization: id of the organization that some of the accounts are in; empty for none.
        organization_accounts: those accounts, that which manages it first.
        seconds_per_scheduled_minute: how long a minute of a rule's `rate(…)` lasts.
    """

    state_dir: Path
    port: int
    account: str
    region: str
    images_dir: Path
    root_secret: str = field(repr=False)
    seconds_per_minute: float = SECONDS_PER_MINUTE
    seconds_per_scheduled_minute: float = SECONDS_PER_MINUTE
    other_accounts: tuple[str, ...] = ()
    organization: str = ""
    organization_accounts: tuple[str, ...] = ()
    quotas: Mapping[str, float] = field(default_factory=dict)

    @property
    def accounts(self) -> tuple[str, ...]:
        """Every account that exists here, the project's first."""
        return (self.account, *self.other_accounts)

    @property
    def endpoint_url(self) -> str:
        """Address of every AWS service of this server."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def lambda_python(self) -> Path:
        """Interpreter that runs Lambda functions; it has what the Lambda runtime has."""
        return self.images_dir / "lambda-python" / "bin" / "python"
