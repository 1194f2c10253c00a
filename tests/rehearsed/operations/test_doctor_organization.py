"""What `doctor` finds of the organization that other accounts must be in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from operations.doctor.aws_organization import look_at_membership
from operations.doctor.examination import Check, examine
from rehearsal.tests.emulator.local_aws import ACCOUNT, OTHER_ACCOUNT, LocalAws
from tests.rehearsed.operations.findings_read import levels, read

_ID = "o-0123456789"


@pytest.fixture(scope="module")
def member(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    options = ("--organization", f"{_ID}={ACCOUNT}")
    server = LocalAws(tmp_path_factory.mktemp("member") / "state", options=options).start()
    yield server
    assert server.stop() == 0


def test_an_account_of_the_organization_is_good(member: LocalAws) -> None:
    assert levels(look_at_membership(member.client("organizations"), _ID)) == ["ok"]


def test_another_one_or_none_fails_with_the_remedy(member: LocalAws) -> None:
    said = read(look_at_membership(member.client("organizations"), "o-9876543210"), "fails")
    assert f"the account is in {_ID}" in said
    assert said.endswith(f"set it to {_ID}.")
    outsider = member.of_account(OTHER_ACCOUNT).client("organizations")
    assert read(look_at_membership(outsider, _ID), "fails").endswith("leave it out.")


def test_what_may_not_be_read_is_noted(member: LocalAws) -> None:
    client = member.client("organizations", member.user("reads-nothing"))
    check = Check("it", "organizations", lambda: look_at_membership(client, _ID))
    (found,) = examine(check)
    assert found.level == "note"
    assert "the right organizations:DescribeOrganization is missing" in found.sentence
