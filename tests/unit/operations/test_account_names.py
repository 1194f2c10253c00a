"""Whose the names of the roles are, and how a second region gets its own."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from operations.account_names import suggested_prefix, taken_roles

REGISTRATION, LAUNCH = "mlops-sm-project-registration", "mlops-sm-project-launch"


@pytest.mark.parametrize(
    ("region", "prefix"),
    [("eu-central-1", "euc1-"), ("us-gov-west-1", "usgw1-"), ("ap-southeast-2", "aps2-")],
)
def test_a_prefix_tells_the_region_and_fits(region: str, prefix: str) -> None:
    assert suggested_prefix(region) == prefix
    assert len(prefix) <= 8


@pytest.mark.parametrize(
    ("stacks", "roles", "taken"),
    [
        ((), (), []),
        ((), (REGISTRATION, LAUNCH), [REGISTRATION, LAUNCH]),
        ((), (LAUNCH,), [LAUNCH]),
        (("MLOpsServiceCatalog",), (LAUNCH,), []),
        (("mlops-sm-project-prerequisites",), (REGISTRATION, LAUNCH), [LAUNCH]),
        (("mlops-sm-project-prerequisites", "MLOpsServiceCatalog"), (REGISTRATION, LAUNCH), []),
    ],
)
def test_a_role_without_its_stack_here_is_anothers(
    stacks: tuple[str, ...], roles: tuple[str, ...], taken: list[str]
) -> None:
    assert taken_roles(_iam(roles, stacks), _cloudformation(stacks), "") == taken


def _cloudformation(stacks: tuple[str, ...]) -> Any:
    client = boto3.client("cloudformation", region_name="eu-west-1")
    stubber = Stubber(client)
    for name in ("mlops-sm-project-prerequisites", "MLOpsServiceCatalog"):
        if name in stacks:
            stack = {"StackName": name, "CreationTime": 0, "StackStatus": "CREATE_COMPLETE"}
            stubber.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": name})
        else:
            stubber.add_client_error("describe_stacks", "ValidationError")
    stubber.activate()
    return client


def _iam(roles: tuple[str, ...], stacks: tuple[str, ...]) -> Any:
    client = boto3.client("iam", region_name="eu-west-1")
    stubber = Stubber(client)
    for role, stack in (
        (REGISTRATION, "mlops-sm-project-prerequisites"),
        (LAUNCH, "MLOpsServiceCatalog"),
    ):
        if stack in stacks:
            continue
        if role in roles:
            told = {
                "RoleName": role,
                "Path": "/",
                "RoleId": "AROA1234567890123456",
                "Arn": f"arn:aws:iam::111122223333:role/{role}",
                "CreateDate": 0,
            }
            stubber.add_response("get_role", {"Role": told}, {"RoleName": role})
        else:
            stubber.add_client_error("get_role", "NoSuchEntity")
    stubber.activate()
    return client
