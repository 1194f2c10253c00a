"""An account whose services are what a test makes of them."""

from __future__ import annotations

from typing import Any, cast

from console.asking.account import Account
from mlops_sm_project_template.config.github_server import GithubServer
from operations.aws_session import Identity
from operations.github_access import GithubAccess

YOU = "arn:aws:iam::111122223333:user/you"


def account_of(you: str = YOU, stages: str = "", **services: Any) -> Account:
    """Make one.

    Args:
        you: ARN of whoever looks.
        stages: content of `config/stages.yml` on GitHub; without it there is no GitHub.
        services: stand-ins for boto3's clients, by name.
    """
    access = None
    if stages:
        github = cast("Any", _GitHub(stages.encode()))
        access = GithubAccess(github, "token", GithubServer())
    identity = Identity("111122223333", "aws", "eu-west-1", you)
    session = cast("Any", _Session({"sts": _Sts(you), **services}))
    return Account(identity, access, open_session=lambda: session)


class _Session:
    """Has the stand-ins instead of clients."""

    region_name = "eu-west-1"

    def __init__(self, services: dict[str, Any]) -> None:
        self._services = services

    def client(self, service: str, **_: Any) -> Any:
        return self._services[service]


class _Sts:
    """Tells who somebody is."""

    def __init__(self, you: str) -> None:
        self._you = you

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self._you.split(":")[4], "Arn": self._you}


class _GitHub:
    """Has one file in every repository."""

    def __init__(self, content: bytes) -> None:
        self.decoded_content = content

    def withLazy(self, _is_lazy: bool) -> _GitHub:  # noqa: N802 # PyGithub's name
        return self

    def get_repo(self, _name: str, **_: Any) -> _GitHub:
        return self

    def get_contents(self, _path: str, **_: Any) -> _GitHub:
        return self
