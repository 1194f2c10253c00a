"""What policies may ask of requests about roles: path, boundary, and the attached policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, allow, policy, refusal, trust

_ROLES = f"arn:aws:iam::{ACCOUNT}:role/team/made-*"
_TRUST = policy(trust({"Service": "sagemaker.amazonaws.com"}))
_UNDER = ("CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy", "DeleteRolePolicy")


@pytest.fixture(scope="module")
def arns(aws: LocalAws) -> dict[str, str]:
    """Two policies: one is the boundary, and one may be attached."""
    create, document = aws.client("iam").create_policy, policy(allow("s3:GetObject"))
    return {
        name: str(create(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"])
        for name in ("limit", "duty")
    }


@pytest.fixture(scope="module")
def maker(aws: LocalAws, arns: dict[str, str]) -> Any:
    """Somebody who makes roles under the limit, and attaches the duty alone."""
    confined = {"StringEquals": {"iam:PermissionsBoundary": arns["limit"]}}
    attached = {"StringEquals": {"iam:PolicyARN": arns["duty"], **confined["StringEquals"]}}
    attach = ("AttachRolePolicy", "DetachRolePolicy")
    keys = aws.user(
        "maker",
        *({**allow(f"iam:{name}", _ROLES), "Condition": confined} for name in _UNDER),
        *({**allow(f"iam:{name}", _ROLES), "Condition": attached} for name in attach),
    )
    return aws.client("iam", keys)


@pytest.fixture
def role(aws: LocalAws, arns: dict[str, str]) -> Iterator[str]:
    """A role under the limit, and another under none."""
    iam = aws.client("iam")
    made = {"Path": "/team/", "AssumeRolePolicyDocument": _TRUST}
    iam.create_role(RoleName="made-limited", PermissionsBoundary=arns["limit"], **made)
    iam.create_role(RoleName="made-free", **made)
    yield "made-limited"
    for name in ("made-limited", "made-free"):
        for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])
        for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=inline)
        iam.delete_role(RoleName=name)


def test_a_role_is_made_on_the_path_and_under_the_boundary(
    aws: LocalAws, maker: Any, arns: dict[str, str]
) -> None:
    def make(**request: str) -> Callable[[], Any]:
        known = {"AssumeRolePolicyDocument": _TRUST, "Path": "/team/", "RoleName": "made-new"}
        return lambda: maker.create_role(**{**known, **request})

    limit = {"PermissionsBoundary": arns["limit"]}
    for refused in ({}, {"PermissionsBoundary": arns["duty"]}, {**limit, "Path": "/"}):
        assert "AccessDenied" in refusal(make(**refused))
    assert make(**limit)()["Role"]["Arn"].endswith(":role/team/made-new")
    aws.client("iam").delete_role(RoleName="made-new")


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("put_role_policy", {"PolicyName": "p", "PolicyDocument": policy(allow("s3:GetObject"))}),
        ("attach_role_policy", {"PolicyArn": "duty"}),
        ("put_role_permissions_boundary", {"PermissionsBoundary": "limit"}),
    ],
)
def test_the_boundary_of_the_role_that_is_there_counts(
    maker: Any, role: str, arns: dict[str, str], operation: str, request_: dict[str, str]
) -> None:
    request = {key: arns.get(value, value) for key, value in request_.items()}
    call = getattr(maker, operation)
    call(RoleName=role, **request)
    if operation == "put_role_permissions_boundary":
        assert "AccessDenied" in refusal(call, RoleName=role, PermissionsBoundary=arns["duty"])
    else:
        assert "AccessDenied" in refusal(call, RoleName="made-free", **request)


def test_no_other_policy_is_attached(maker: Any, role: str, arns: dict[str, str]) -> None:
    attach = maker.attach_role_policy
    assert "AccessDenied" in refusal(attach, RoleName=role, PolicyArn=arns["limit"])
    attach(RoleName=role, PolicyArn=arns["duty"])
    maker.detach_role_policy(RoleName=role, PolicyArn=arns["duty"])
