"""What IAM was asked is written down."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import OTHER_ACCOUNT, LocalAws, allow


def test_each_question_is_written_down_with_the_account_of_who_asks(
    aws: LocalAws, other: LocalAws
) -> None:
    keys = other.user("is-written-down", allow("ssm:GetParameter"))
    with pytest.raises(ClientError):
        other.client("ssm", keys).get_parameter(Name="/nowhere")
    lines = (aws.state_dir / "authorizations.jsonl").read_text().splitlines()
    asked = [
        entry for entry in map(json.loads, lines) if entry["principal"] == "user/is-written-down"
    ]
    assert [(entry["account"], entry["allowed"]) for entry in asked] == [(OTHER_ACCOUNT, True)]
