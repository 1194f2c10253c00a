"""The root user of each account signs as everybody does."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import OTHER_ACCOUNT, LocalAws, refusal


def test_requests_without_a_valid_signature_are_refused(aws: LocalAws) -> None:
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        aws.client("sts", ("111122223333", "rehearsal", None)).get_caller_identity()


def test_the_root_user_of_each_account_has_a_checked_signature(
    aws: LocalAws, other: LocalAws
) -> None:
    wrong = (OTHER_ACCOUNT, "guessed", None)
    assert "SignatureDoesNotMatch" in refusal(aws.client("sts", wrong).get_caller_identity)
    identity = other.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{OTHER_ACCOUNT}:root"
