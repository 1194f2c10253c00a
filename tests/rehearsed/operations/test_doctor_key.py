"""What `doctor` finds of the company's own key."""

from __future__ import annotations

from typing import Any

import pytest

from operations.aws_session import Identity
from operations.doctor.encryption_key import look_at_key
from operations.doctor.examination import Check, examine
from operations.findings import Finding
from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, LocalAws, allow, let, policy
from tests.rehearsed.operations.findings_read import levels, read

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
WHO = Identity(ACCOUNT, "aws", REGION, ROOT)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Team-A"
STUDIO = let("*", "kms:Decrypt", "*", Condition={"ArnEquals": {"aws:PrincipalArn": [ROLE]}})


def _key(aws: LocalAws, **how: Any) -> str:
    return str(aws.client("kms").create_key(**how)["KeyMetadata"]["Arn"])


def _look(aws: LocalAws, setting: str) -> list[Finding]:
    return list(look_at_key(aws.client("kms"), setting, WHO, lambda: (ROLE,)))


def test_a_key_that_the_registration_makes_is_good(aws: LocalAws) -> None:
    assert levels(_look(aws, "shared")) == ["ok"]


def test_a_key_that_leaves_roles_to_iam_and_lets_studio_in_is_good(aws: LocalAws) -> None:
    key = _key(aws, Policy=policy(let({"AWS": ROOT}, "kms:*", "*"), STUDIO))
    assert levels(_look(aws, key)) == ["ok"]


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        ([let({"AWS": ROOT}, "kms:*", "*")], f"does not name {ROLE}"),
        (
            [let({"AWS": ROOT}, ["kms:PutKeyPolicy", "kms:Describe*", "kms:Get*"], "*"), STUDIO],
            "does not leave it to IAM",
        ),
    ],
)
def test_what_its_policy_lacks_is_named(
    aws: LocalAws, statements: list[dict[str, Any]], sentence: str
) -> None:
    key = _key(aws)
    aws.client("kms").put_key_policy(KeyId=key, Policy=policy(*statements))
    assert sentence in read(_look(aws, key), "fails")


def test_a_key_that_cannot_encrypt_is_refused(aws: LocalAws) -> None:
    kms, key = aws.client("kms"), _key(aws)
    kms.disable_key(KeyId=key)
    assert "is Disabled; enable it" in read(_look(aws, key), "fails")
    kms.schedule_key_deletion(KeyId=key)
    assert "is PendingDeletion" in read(_look(aws, key), "fails")
    signs = _key(aws, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    assert "is no symmetric key" in read(_look(aws, signs), "fails")
    absent = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-4000-8000-000000000000"
    assert "does not exist" in read(_look(aws, absent), "fails")


def test_a_policy_that_may_not_be_read_is_noted(aws: LocalAws) -> None:
    key = _key(aws)
    kms = aws.client("kms", aws.user("describes-keys", allow("kms:DescribeKey")))
    look = Check("KMS key", "kms", lambda: look_at_key(kms, key, WHO, lambda: ()))
    good, noted = examine(look)
    assert (good.level, noted.level) == ("ok", "note")
    assert "the right kms:GetKeyPolicy is missing" in noted.sentence
