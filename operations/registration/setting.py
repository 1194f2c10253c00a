"""What is registered where, for all steps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from github.Repository import Repository

from operations.aws_session import PATIENCE, Identity
from operations.github_access import GithubAccess

REPOSITORY = "mlops-sm-project-template"


@dataclass(frozen=True)
class Setting:
    """The account, the GitHub owner, and the clone that is registered.

    Args:
        session: of AWS.
        identity: whose credentials they are.
        github: GitHub.
        owner: user or organization that has, or gets, the template's repository; empty if the
            template is registered from this machine, without one.
        repository_name: of that repository.
        role_arn: the Studio role that may create projects.
        qualifier: of the CDK's bootstrap.
        folder: the clone of the template.
        say: shows one line.
        sleep: waits for so many seconds.
        further_roles: other Studio roles that may, as the company's settings name them.
        found_settings: what the company's settings say only after a look at the account: the
            domains whose roles all these are. Empty if somebody named the roles.
    """

    session: boto3.Session
    identity: Identity
    github: GithubAccess
    owner: str
    repository_name: str
    role_arn: str
    qualifier: str
    folder: Path
    say: Callable[[str], None]
    sleep: Callable[[float], None]
    further_roles: tuple[str, ...] = ()
    found_settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """The repository as GitHub names it."""
        return f"{self.owner}/{self.repository_name}"

    @property
    def role_names(self) -> tuple[str, ...]:
        """The Studio roles without their paths, the first one first."""
        return tuple(arn.rpartition("/")[2] for arn in (self.role_arn, *self.further_roles))

    def client(self, service: str) -> Any:
        """A client of AWS, made once."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service, config=PATIENCE)
        return self._clients[service]

    def repository(self) -> Repository:
        """The repository of the template, asked for until it is there.

        Raises:
            GithubException: it is not there.
        """
        return self._repository

    @cached_property
    def _repository(self) -> Repository:
        return self.github.client.get_repo(self.full_name)

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}
