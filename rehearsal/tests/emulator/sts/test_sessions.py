"""For how long a role is assumed, and by whom not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.core import iam_evaluator
from ministack.services import sts

from rehearsal.aws.emulator.corrections.sts import sessions
from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, allow, refusal, trust


@pytest.fixture(scope="module")
def person(aws: LocalAws) -> tuple[str | None, ...]:
    return aws.user("sitter", allow("sts:AssumeRole"))


@pytest.mark.parametrize(
    ("name", "principal"),
    [("not-for-root", {"AWS": ACCOUNT}), ("for-a-service", {"Service": "lambda.amazonaws.com"})],
)
def test_root_assumes_no_role(aws: LocalAws, name: str, principal: dict[str, str]) -> None:
    role = aws.role(name, trust(principal))
    with pytest.raises(ClientError, match="may not be assumed by root"):
        aws.client("sts").assume_role(RoleArn=role, RoleSessionName="root")


@pytest.mark.parametrize("seconds", [899, 3601])
def test_sessions_have_the_lengths_of_aws(aws: LocalAws, person: Any, seconds: int) -> None:
    role = aws.role(f"for-{seconds}", trust({"AWS": ACCOUNT}))
    with pytest.raises(ClientError) as refused:
        aws.client("sts", person, parameter_validation=False).assume_role(
            RoleArn=role, RoleSessionName="test", DurationSeconds=seconds
        )
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_expired_credentials_are_refused() -> None:
    session = {
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": time.time() - 1,
        "AccountId": ACCOUNT,
    }
    sts._sessions["ASIAEXPIRED000000000"] = session
    answer = iam_evaluator.resolve_credential("ASIAEXPIRED000000000", ACCOUNT, "token")
    assert answer.code == "ExpiredTokenException"


def test_an_expired_session_is_known_for_a_day() -> None:
    now = 1_000_000.0
    expirations = {"valid": now + 1, "expired": now - 3600, "forgotten": now - 86_401}
    kept = {key: {"Expiration": moment} for key, moment in expirations.items()} | {"ever": {}}
    sessions.forget_expired(kept, now)
    assert set(kept) == {"valid", "expired", "ever"}


def test_a_length_is_refused_before_anybody_looks_at_the_token(aws: LocalAws) -> None:
    arn = aws.role("by-no-token", trust({"AWS": ACCOUNT}))
    assume = aws.client("sts", parameter_validation=False).assume_role_with_web_identity
    asked = {"RoleArn": arn, "RoleSessionName": "run", "WebIdentityToken": "not.a.token"}
    assert "InvalidIdentityToken" in refusal(assume, **asked)
    assert "ValidationError" in refusal(assume, **asked, DurationSeconds=899)
