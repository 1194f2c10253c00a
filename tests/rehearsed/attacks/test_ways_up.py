"""Nothing leads from a role of a project to another project, to an approval or to administrator.

Each row is one call with the real credentials of a role, and AWS's answer is that it is denied.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import wait_for
from tests.rehearsed.attacks.attack import ALLOWED, DENIED, OPEN_TRUST, ROLE, Attack
from tests.rehearsed.attacks.conftest import Scene
from tests.rehearsed.attacks.of_launch_role import LAUNCH_ROLE
from tests.rehearsed.attacks.of_project_roles import ANY_PROJECT_ROLE
from tests.rehearsed.attacks.of_shared_roles import ANY_SHARED_ROLE, READ_TOKEN, WORK
from tests.rehearsed.attacks.of_stage_roles import ANOTHER_STAGE

_DUTIES = ("build", "deploy-dev", "execution", "reader", "cloudformation-dev")
ROWS = [
    *((duty, attack) for duty in _DUTIES for attack in ANY_PROJECT_ROLE),
    *((duty, a) for duty in ("deploy-dev", "cloudformation-dev") for a in ANOTHER_STAGE),
    *(("launch", attack) for attack in LAUNCH_ROLE),
    *((role, a) for role, work in WORK.items() for a in ANY_SHARED_ROLE if a.aim not in work),
]


# What roles are for, so that a denial is not one of broken credentials.
PURPOSES = [
    (
        "build",
        Attack(
            "",
            "s3",
            "put_object",
            {
                "Bucket": "mlops-sm-project-{own_id}",
                "Body": b"1",
                "Key": "{own}-{own_id}/code/a/b.py",
            },
        ),
    ),
    ("build", Attack("", "sagemaker", "describe_pipeline", {"PipelineName": "{own}-{own_id}"})),
    (
        "deploy-dev",
        Attack("", "sagemaker", "describe_model_package", {"ModelPackageName": "{own_version}"}),
    ),
    (
        "deploy-dev",
        Attack(
            "",
            "dynamodb",
            "get_item",
            {
                "TableName": "mlops-sm-project-approvals",
                "Key": {"ClaimId": {"S": "version {own_version}"}},
            },
        ),
    ),
    (
        "execution",
        Attack(
            "",
            "sagemaker",
            "create_model_package",
            {
                "ModelPackageGroupName": "{own}-{own_id}",
                "ModelApprovalStatus": "PendingManualApproval",
                "CustomerMetadataProperties": {"commit": "c", "pipeline-execution": "arn"},
            },
        ),
    ),
    (
        "execution",
        Attack(
            "",
            "s3",
            "get_object",
            {"Bucket": "mlops-sm-project-{own_id}", "Key": "model.tar.gz"},
        ),
    ),
    (
        "reader",
        Attack(
            "",
            "s3",
            "get_object",
            {"Bucket": "mlops-sm-project-{own_id}", "Key": "model.tar.gz"},
        ),
    ),
    (
        "cloudformation-dev",
        Attack("", "sagemaker", "describe_model_package", {"ModelPackageName": "{own_version}"}),
    ),
    ("launch", Attack("", "iam", "get_role", {"RoleName": "mlops-{own_id}-build"})),
    ("launch", Attack("", "kms", "get_key_policy", {"KeyId": "{own_key}"})),
    *((f"{duty} function", READ_TOKEN) for duty in ("dispatch", "repository", "tokens")),
    (
        "dispatch function",
        Attack(
            "",
            "sagemaker",
            "update_model_package",
            {
                "ModelPackageArn": "{victim_version}",
                "CustomerMetadataProperties": {"dev-last": "2026-01-01"},
            },
        ),
    ),
    ("data function", Attack("", "sagemaker", "list_model_packages", {})),
    (
        "versions function",
        Attack("", "servicecatalog", "list_provisioning_artifacts", {"ProductId": "{product}"}),
    ),
    (
        "registration",
        Attack(
            "",
            "sts",
            "assume_role",
            {
                "RoleArn": ROLE + "cdk-hnb659fds-deploy-role-{account}-{region}",
                "RoleSessionName": "register",
            },
        ),
    ),
]


@pytest.mark.parametrize(("role", "attack"), ROWS, ids=[f"{r}: {a.aim}" for r, a in ROWS])
def test_it_is_denied(scene: Scene, role: str, attack: Attack) -> None:
    assert scene.answer_to(role, attack) in DENIED


@pytest.mark.parametrize(("role", "allowed"), PURPOSES)
def test_the_same_credentials_serve_their_purpose(scene: Scene, role: str, allowed: Attack) -> None:
    assert scene.answer_to(role, allowed) in ALLOWED


def settled(cloudformation: Any, stack_id: str) -> str:
    """The status of a stack to which nothing happens any more."""

    def ended() -> str | None:
        status = str(cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"])
        return None if status.endswith("IN_PROGRESS") else status

    return str(wait_for(ended, what=f"the stack {stack_id}"))


def test_a_template_of_the_deploy_workflow_makes_nothing_but_endpoints(scene: Scene) -> None:
    names = scene.names()
    project_id = names["own_id"]
    client = scene.as_role(f"mlops-{project_id}-deploy-dev").client("cloudformation")
    administrator = scene.ground.world.administrator.client("cloudformation")
    resources = {
        "User": {"Type": "AWS::IAM::User"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": json.loads(OPEN_TRUST)},
        },
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Endpoint": {
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": {
                "EndpointName": f"{names['victim']}-dev",
                "EndpointConfigName": "any",
                "Tags": [{"Key": "sagemaker:project-id", "Value": names["victim_id"]}],
            },
        },
    }
    role = f"arn:aws:iam::{names['account']}:role/mlops-{project_id}-cloudformation-dev"
    for logical_id, resource in resources.items():
        stack_id = client.create_stack(
            StackName=f"mlops-{project_id}-dev",
            TemplateBody=json.dumps({"Resources": {logical_id: resource}}),
            Capabilities=["CAPABILITY_IAM"],
            RoleARN=role,
        )["StackId"]
        assert settled(administrator, stack_id) == "ROLLBACK_COMPLETE", logical_id
        events = administrator.describe_stack_events(StackName=stack_id)["StackEvents"]
        (reason,) = (
            event["ResourceStatusReason"]
            for event in events
            if event["ResourceStatus"] == "CREATE_FAILED"
            and event["LogicalResourceId"] == logical_id
        )
        assert "is not authorized to perform" in reason
        administrator.delete_stack(StackName=stack_id)
        assert settled(administrator, stack_id) == "DELETE_COMPLETE", logical_id
