"""What the local SageMaker must be told when it starts."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ministack.core.responses import request_scope

from rehearsal.checkout import ROOT

_CONTAINERS = ROOT / "rehearsal/containers"


@dataclass(frozen=True)
class SageMakerSettings:
    """Where state and images are, and how the jobs reach the local AWS.

    Args:
        state_dir: the rehearsal's state folder; ours is `<state_dir>/sagemaker`.
        account: the project's; or that of which these are the settings, see `of_account`.
        other_accounts: the further accounts that exist.
        folder: of an account other than the project's, below `<state_dir>/sagemaker`.
        images_dir: Python environments that stand for container images, one folder each.
        endpoint_url: address of the local AWS, such as `http://127.0.0.1:4566`.
        containers_dir: programs of the images (`<image>/train.py`, `<image>/serve.py`).
        root_secret: secret key of each account's root user.
        parallel_jobs: how many jobs may run at the same time.
        seconds_per_minute: how long a minute of a deployment's waiting times lasts.
    """

    state_dir: Path
    images_dir: Path
    endpoint_url: str
    account: str
    region: str
    root_secret: str = field(repr=False)
    containers_dir: Path = _CONTAINERS
    parallel_jobs: int = os.cpu_count() or 1
    seconds_per_minute: float = 60.0
    other_accounts: tuple[str, ...] = ()
    folder: str = ""

    @property
    def accounts(self) -> tuple[str, ...]:
        """Every account, the project's first."""
        return (self.account, *self.other_accounts)

    def of_account(self, account: str) -> SageMakerSettings:
        """The settings of one account's SageMaker."""
        return self if account == self.account else replace(self, account=account, folder=account)

    @property
    def root(self) -> Path:
        """The folder that holds everything of the account."""
        return self.state_dir / "sagemaker" / self.folder

    def scope(self) -> AbstractContextManager[None]:
        """Work on MiniStack's tables of the account and region inside."""
        scope: AbstractContextManager[None] = request_scope(self.account, self.region)
        return scope

    def arn(self, kind: str, name: str) -> str:
        """ARN of one of our resources, such as `arn('pipeline', 'abalone')`."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:{kind}/{name}"
