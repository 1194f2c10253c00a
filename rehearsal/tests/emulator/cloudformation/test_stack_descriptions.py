"""What DescribeStacks tells."""

from __future__ import annotations

from rehearsal.tests.emulator.local_aws import LocalAws, allow, trust


def test_a_stack_tells_its_role_if_it_has_one(aws: LocalAws) -> None:
    role = aws.role(
        "told-role", trust({"Service": "cloudformation.amazonaws.com"}), allow(["sns:*", "sqs:*"])
    )
    topic = {"T": {"Type": "AWS::SNS::Topic"}}
    assert aws.stack("tells-role", topic, RoleARN=role)["RoleARN"] == role
    assert "RoleARN" not in aws.stack("tells-no-role", topic)
