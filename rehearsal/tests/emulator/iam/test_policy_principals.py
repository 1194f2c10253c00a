"""The policy of a resource names each principal once."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, let

_ROOT = f"arn:aws:iam::{ACCOUNT}:root"
_TWICE = {"Statement": [let({"AWS": [_ROOT, _ROOT]}, "*", "*")]}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::KMS::Key", {"KeyPolicy": _TWICE}),
        ("AWS::S3::BucketPolicy", {"Bucket": "of-nobody", "PolicyDocument": _TWICE}),
    ],
)
def test_a_policy_names_each_principal_once(
    aws: LocalAws, kind: str, properties: dict[str, Any]
) -> None:
    name = f"duplicate-{kind.rpartition(':')[2]}"
    resource = {"Type": kind, "Properties": properties}
    assert aws.stack(name, {"R": resource})["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Duplicate principal" in aws.failures(name)["R"]
