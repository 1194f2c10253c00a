"""`fleet` over real projects: what it reads is there, and an update loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import ACCOUNT, AwsUser
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from tests.rehearsed.faults.conftest import DAYS_LEFT, EXPIRING
from tests.rehearsed.operations.typed_command import type_command

ROOT = Path(__file__).resolve().parents[3]
_STACK = "platform-engineer"


@pytest.fixture
def project(ground: Ground) -> Iterator[TrialProject]:
    made = TrialProject(Lane(ground, EXPIRING), "shown")
    launched = made.launch()
    assert launched.is_good, launched.reason
    yield made
    assert made.delete().is_good


@pytest.fixture
def engineer(ground: Ground) -> Iterator[AwsUser]:
    """A platform engineer who may do everything, and is in the portfolio."""
    cloudformation = ground.world.administrator.client("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName=names.STACK)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    cloudformation.create_stack(
        StackName=_STACK,
        TemplateBody=json.dumps({"Resources": _engineer(outputs["PortfolioId"])}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=_STACK, WaiterConfig={"Delay": 1}
    )
    # Root may take no role; a user may.
    keys = ground.world.administrator.client("iam").create_access_key(UserName=_STACK)["AccessKey"]
    endpoint = ground.world.administrator.endpoint_url
    yield AwsUser(endpoint, keys["AccessKeyId"], keys["SecretAccessKey"])
    ground.world.administrator.client("iam").delete_access_key(
        UserName=_STACK, AccessKeyId=keys["AccessKeyId"]
    )
    cloudformation.delete_stack(StackName=_STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=_STACK, WaiterConfig={"Delay": 1}
    )


def _engineer(portfolio_id: str) -> dict[str, Any]:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [everything]}
    return {
        "User": {
            "Type": "AWS::IAM::User",
            "Properties": {
                "UserName": _STACK,
                "Policies": [{"PolicyName": "all", "PolicyDocument": document}],
            },
        },
        "Principal": {
            "Type": "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
            "Properties": {
                "PortfolioId": portfolio_id,
                "PrincipalARN": f"arn:aws:iam::{ACCOUNT}:user/{_STACK}",
                "PrincipalType": "IAM",
            },
        },
    }


def _type(user: AwsUser, *words: str) -> str:
    done = type_command("fleet", *words, settings=user.variables(), timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _shown(user: AwsUser) -> dict[str, Any]:
    told: list[dict[str, Any]] = json.loads(_type(user, "--json"))["projects"]
    return {one["name"]: one for one in told}["shown"]


def test_a_project_is_shown_and_brought_to_the_second_version(
    ground: Ground, project: TrialProject, engineer: AwsUser
) -> None:
    second = ground.second_version
    ground.world.administrator.client("lambda").invoke(
        FunctionName=names.TOKEN_FUNCTION, Payload=json.dumps({"source": "aws.events"}).encode()
    )
    shown = _shown(engineer)
    assert (shown["credential"]["owner"], shown["credential"]["days_left"]) == (EXPIRING, DAYS_LEFT)
    assert shown["attention"] == [f"its GitHub token lasts {DAYS_LEFT} more days"]
    assert shown["version"] != shown["newest_version"]
    (planned,) = json.loads(_type(engineer, "update", "--dry-run", "--only", "shown", "--json"))
    assert (planned["added"], planned["removed"]) == ([], [])
    assert planned["why"] == ""
    changed = {(one["action"], one["type"]) for one in planned["changes"]}
    assert changed == {("MODIFY", "Custom::GitHubRepositoryContent")}
    before = _parameters(project)
    _type(engineer, "update", "--yes", "--only", "shown")
    assert _parameters(project) == before
    shown = _shown(engineer)
    assert shown["version"] == shown["newest_version"]
    found = project.lane.administrator("servicecatalog").describe_provisioned_product(
        Id=project.provisioned_id
    )
    assert found["ProvisionedProductDetail"]["ProvisioningArtifactId"] == second


def _parameters(project: TrialProject) -> dict[str, str]:
    (stack,) = project.lane.administrator("cloudformation").describe_stacks(
        StackName=project.stack_name
    )["Stacks"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
