"""Who may assume which role, and for how long."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.core import iam_evaluator
from ministack.services import sts

from rehearsal.aws.emulator.corrections.sts import sessions
from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, allow, trust


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
    assert _refusal(lambda: aws.assume(role, person)) == "AccessDenied"


def test_root_assumes_no_role(aws: LocalAws) -> None:
    role = aws.role("not-for-root", trust({"AWS": ACCOUNT}))
    with pytest.raises(ClientError, match="may not be assumed by root"):
        aws.client("sts").assume_role(RoleArn=role, RoleSessionName="root")


def test_the_caller_needs_the_permission_too(aws: LocalAws) -> None:
    keys = aws.user("powerless")
    role = aws.role("wanted", trust({"AWS": ACCOUNT}))
    assert _refusal(lambda: aws.assume(role, keys)) == "AccessDenied"


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


def test_a_stack_role_must_be_passed_and_assumable(aws: LocalAws) -> None:
    cloudformation = trust({"Service": "cloudformation.amazonaws.com"})
    good = aws.role("stack-role", cloudformation, allow("sqs:*"))
    other = aws.role("other-role", trust({"Service": "lambda.amazonaws.com"}))
    builder = aws.user("builder", allow("cloudformation:*"), allow("iam:PassRole", good))
    passer = aws.user("passer", allow("cloudformation:*"), allow("iam:PassRole"))
    assert _refusal(lambda: _create(aws, builder, "s1", other)) == "AccessDenied"
    assert _refusal(lambda: _create(aws, passer, "s2", other)) == "ValidationError"
    _create(aws, builder, "s3", good)
    made = aws.settled("s3")
    assert (made["StackStatus"], made["RoleARN"]) == ("CREATE_COMPLETE", good)
    without = aws.stack("s4", {"T": {"Type": "AWS::SNS::Topic"}})
    assert "RoleARN" not in without


def _create(aws: LocalAws, keys: Any, name: str, role_arn: str) -> None:
    template = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'
    aws.client("cloudformation", keys).create_stack(
        StackName=name, TemplateBody=template, RoleARN=role_arn
    )


def _refusal(act: Any) -> str:
    with pytest.raises(ClientError) as refused:
        act()
    return str(refused.value.response["Error"]["Code"])
