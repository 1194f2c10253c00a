"""A stack that was made before, of each template by hand, is updated: its roles stay."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, LocalAws, allow, policy
from tests.rehearsed.faults.version_before import ROOT, archive_before

_STACK, _STUDIO = "stack", "Studio"
_GIVEN = {
    "prerequisites/prerequisites.yml": {
        "ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{_STUDIO}",
        "ExecutionRoleName": _STUDIO,
        "RepositorySubject": "repo:octo/template",
    },
    "seed_code/deploy_app/stage_account.yml": {
        "ProjectId": "p-0123456789ab",
        "ProjectName": "abalone",
        "Stage": "prod",
        "ProjectAccount": "444455556666",
        "KmsKeyArn": f"arn:aws:kms:{REGION}:444455556666:key/1",
        "SubClaimPrefix": "repo:octo/abalone-deploy",
        "SubClaim": "repo:octo/abalone-deploy:environment:prod",
        "RepositoryId": "1",
    },
}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path_factory.mktemp("before") / "state").start()
    server.session(_STUDIO)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def boundary(local: LocalAws) -> str:
    made = local.client("iam").create_policy(
        PolicyName="Boundary", PolicyDocument=policy(allow("*"))
    )
    return str(made["Policy"]["Arn"])


@pytest.fixture(params=_GIVEN)
def file(local: LocalAws, request: pytest.FixtureRequest) -> Iterator[str]:
    """A template, of which there is a stack as the version before had it."""
    path = str(request.param)
    with zipfile.ZipFile(io.BytesIO(archive_before(path))) as archive:
        body = archive.read(path).decode()
    local.client("cloudformation").create_stack(**_request(path, body))
    assert local.settled(_STACK)["StackStatus"] == "CREATE_COMPLETE"
    yield path
    assert local.delete_stack(_STACK) == "DELETE_COMPLETE"


def _request(file: str, body: str, **more: str) -> dict[str, Any]:
    given = {**_GIVEN[file], **more}
    return {
        "StackName": _STACK,
        "TemplateBody": body,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
    }


def _roles(local: LocalAws) -> list[dict[str, Any]]:
    resources = local.client("cloudformation").describe_stack_resources(StackName=_STACK)
    return [
        local.client("iam").get_role(RoleName=one["PhysicalResourceId"])["Role"]
        for one in resources["StackResources"]
        if one["ResourceType"] == "AWS::IAM::Role"
    ]


def test_roles_stay_whatever_a_company_demands_now(
    local: LocalAws, file: str, boundary: str
) -> None:
    before = {role["RoleId"] for role in _roles(local)}
    assert before
    body = (ROOT / file).read_text(encoding="utf-8")
    for demands in ({}, {"PermissionsBoundary": boundary}):
        local.client("cloudformation").update_stack(**_request(file, body, **demands))
        assert local.settled(_STACK)["StackStatus"] == "UPDATE_COMPLETE"
        assert {role["RoleId"] for role in _roles(local)} == before
    limits = {role["PermissionsBoundary"]["PermissionsBoundaryArn"] for role in _roles(local)}
    assert limits == {boundary}
