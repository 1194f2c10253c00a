"""Whom a role trusts."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, allow, refusal, trust


@pytest.fixture(scope="module")
def person(aws: LocalAws) -> tuple[str | None, ...]:
    return aws.user("person", allow("sts:AssumeRole"))


def test_a_trusted_user_assumes_the_role(aws: LocalAws, person: Any) -> None:
    role = aws.role("open", trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/person"}))
    identity = aws.client("sts", aws.assume(role, person)).get_caller_identity()
    assert identity["Arn"].endswith(":assumed-role/open/test")


@pytest.mark.parametrize("service", ["lambda.amazonaws.com", "servicecatalog.amazonaws.com"])
def test_a_role_for_a_service_is_not_for_people(aws: LocalAws, person: Any, service: str) -> None:
    role = aws.role(f"for-{service.split('.')[0]}", trust({"Service": service}))
    assert "AccessDenied" in refusal(aws.assume, role_arn=role, keys=person)


def test_the_caller_needs_the_permission_too(aws: LocalAws) -> None:
    keys = aws.user("powerless")
    role = aws.role("wanted", trust({"AWS": ACCOUNT}))
    assert "AccessDenied" in refusal(aws.assume, role_arn=role, keys=keys)
