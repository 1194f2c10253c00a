"""One account for the tests of the table, and what is typed there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest

from rehearsal.tests.emulator.local_aws import Keys, LocalAws, allow, policy
from tests.rehearsed.operations.fleet.company import Company, open_company
from tests.rehearsed.operations.typed_command import settings_of, type_command

Type = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def own_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """An account that no other module uses."""
    server = LocalAws(tmp_path_factory.mktemp("fleet") / "state").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def company(own_aws: LocalAws) -> Company:
    return open_company(own_aws)


@pytest.fixture(scope="module")
def member(company: Company) -> Keys:
    """Keys of somebody who may launch from the portfolio, and see stacks."""
    company.root("iam").put_role_policy(
        RoleName=f"{company.stack}-user",
        PolicyName="stacks",
        PolicyDocument=policy(allow("cloudformation:Describe*")),
    )
    return company.user


@pytest.fixture
def type_fleet(own_aws: LocalAws) -> Type:
    """Types the command with somebody's keys of the account, root's if none are given."""

    def type_it(
        *words: str, keys: tuple[str | None, ...] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return type_command("fleet", *words, settings=settings_of(own_aws, keys))

    return type_it
