"""Where Lambda writes what a function says."""

from __future__ import annotations

import pytest

from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import LocalAws, allow

_CODE = "def handle(*_): pass"


@pytest.mark.parametrize(
    ("stack", "actions", "own_group", "is_written"),
    [
        ("no-group", "sts:GetCallerIdentity", False, False),
        ("own-group", "sts:GetCallerIdentity", True, True),
        ("makes-group", "logs:CreateLogGroup", False, True),
    ],
)
def test_a_log_group_is_made_only_with_the_roles_permission(
    aws: LocalAws, stack: str, actions: str, own_group: bool, is_written: bool
) -> None:
    group = f"/aws/lambda/{stack}"
    logs = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": group}}
    resources = {
        "Role": role(allow(actions)),
        "Function": function(_CODE, FunctionName=stack),
        **({"Logs": logs} if own_group else {}),
    }
    assert aws.stack(stack, resources)["StackStatus"] == "CREATE_COMPLETE"
    aws.client("lambda").invoke(FunctionName=stack)
    found = aws.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert bool(found) is is_written
    if found:
        assert aws.client("logs").describe_log_streams(logGroupName=group)["logStreams"]
