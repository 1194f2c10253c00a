"""Nothing leads from a role of a project to another project, to an approval or to administrator.

Each row is one call with the real credentials of a role, and AWS's answer is that it is denied.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.attacks.conftest import Scene

_DENIED = {"AccessDenied", "AccessDeniedException", "403"}
_ROLE = "arn:aws:iam::{account}:role/"
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
_OPEN_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)
_DEFINITION = json.dumps({"Version": "2020-12-01", "Steps": []})
_EMPTY_STACK = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


class Attack(NamedTuple):
    """One call: what it would get, the service, the operation, and the request's members."""

    aim: str
    service: str
    operation: str
    request: dict[str, Any]


ANY_ROLE = (
    Attack("read a seed bundle", "s3", "get_object", {"Bucket": "{seeds}", "Key": "seed.zip"}),
    Attack(
        "poison a seed bundle",
        "s3",
        "put_object",
        {"Bucket": "{seeds}", "Key": "seed.zip", "Body": b"bad"},
    ),
    Attack("make a user", "iam", "create_user", {"UserName": "back-door"}),
)
# What neither workflow, nor SageMaker, nor CloudFormation may do in a project's name.
ANY_PROJECT_ROLE = (
    *ANY_ROLE,
    Attack(
        "read the victim's data",
        "s3",
        "get_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz"},
    ),
    Attack(
        "list the victim's data",
        "s3",
        "list_objects_v2",
        {"Bucket": "mlops-sm-project-{victim_id}"},
    ),
    Attack(
        "change the victim's model",
        "s3",
        "put_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz", "Body": b"worse"},
    ),
    Attack(
        "delete the victim's model",
        "s3",
        "delete_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz"},
    ),
    Attack(
        "open the own bucket",
        "s3",
        "put_bucket_policy",
        {"Bucket": "mlops-sm-project-{own_id}", "Policy": _OPEN_TRUST},
    ),
    Attack(
        "read the victim's token",
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "mlops-sm-project/{victim_id}/github-token"},
    ),
    Attack(
        "read the own token",
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "mlops-sm-project/{own_id}/github-token"},
    ),
    Attack(
        "approve the own model",
        "sagemaker",
        "update_model_package",
        {"ModelPackageArn": "{own_version}", "ModelApprovalStatus": "Approved"},
    ),
    Attack(
        "register an approved model",
        "sagemaker",
        "create_model_package",
        {"ModelPackageGroupName": "{own}-{own_id}", "ModelApprovalStatus": "Approved"},
    ),
    Attack(
        "approve the victim's model",
        "sagemaker",
        "update_model_package",
        {"ModelPackageArn": "{victim_version}", "ModelApprovalStatus": "Approved"},
    ),
    Attack(
        "read about the victim's model",
        "sagemaker",
        "describe_model_package",
        {"ModelPackageName": "{victim_version}"},
    ),
    Attack(
        "run the victim's pipeline",
        "sagemaker",
        "start_pipeline_execution",
        {"PipelineName": "{victim}-{victim_id}"},
    ),
    Attack(
        "change the victim's pipeline",
        "sagemaker",
        "update_pipeline",
        {"PipelineName": "{victim}-{victim_id}", "PipelineDefinition": _DEFINITION},
    ),
    Attack(
        "ask the victim's endpoint",
        "sagemaker-runtime",
        "invoke_endpoint",
        {"EndpointName": "{victim}-dev", "Body": b"1"},
    ),
    Attack(
        "delete the victim's endpoint",
        "sagemaker",
        "delete_endpoint",
        {"EndpointName": "{victim}-dev"},
    ),
    Attack(
        "delete the victim's endpoint stack",
        "cloudformation",
        "delete_stack",
        {"StackName": "mlops-{victim_id}-dev"},
    ),
    Attack(
        "delete the victim's project",
        "cloudformation",
        "delete_stack",
        {"StackName": "SC-{account}-pp-victim"},
    ),
    Attack(
        "make a stack as administrator",
        "cloudformation",
        "create_stack",
        {
            "StackName": "mlops-{own_id}-dev",
            "TemplateBody": _EMPTY_STACK,
            "RoleARN": _ROLE + "cdk-hnb659fds-cfn-exec-role-{account}-{region}",
        },
    ),
    Attack(
        "take the CDK's deploy role",
        "sts",
        "assume_role",
        {
            "RoleArn": _ROLE + "cdk-hnb659fds-deploy-role-{account}-{region}",
            "RoleSessionName": "up",
        },
    ),
    Attack(
        "take the CDK's publishing role",
        "sts",
        "assume_role",
        {
            "RoleArn": _ROLE + "cdk-hnb659fds-file-publishing-role-{account}-{region}",
            "RoleSessionName": "up",
        },
    ),
    Attack(
        "take the launch role",
        "sts",
        "assume_role",
        {"RoleArn": _ROLE + "mlops-sm-project-launch", "RoleSessionName": "up"},
    ),
    Attack(
        "widen the own role",
        "iam",
        "put_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyName": "up", "PolicyDocument": _EVERYTHING},
    ),
    Attack(
        "become administrator",
        "iam",
        "attach_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyArn": _ADMINISTRATOR},
    ),
    Attack(
        "shed the boundary",
        "iam",
        "delete_role_permissions_boundary",
        {"RoleName": "mlops-{own_id}-build"},
    ),
    Attack(
        "open the own role",
        "iam",
        "update_assume_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyDocument": _OPEN_TRUST},
    ),
    Attack(
        "make a role",
        "iam",
        "create_role",
        {"RoleName": "mlops-{own_id}-extra", "AssumeRolePolicyDocument": _OPEN_TRUST},
    ),
    Attack(
        "run code as the repository function",
        "lambda",
        "invoke",
        {"FunctionName": "mlops-sm-project-repository", "Payload": b"{{}}"},
    ),
    Attack(
        "run code as the dispatch function",
        "lambda",
        "invoke",
        {"FunctionName": "mlops-sm-project-dispatch", "Payload": b"{{}}"},
    ),
    Attack(
        "claim an approval",
        "dynamodb",
        "put_item",
        {"TableName": "mlops-sm-project-approvals", "Item": {"Id": {"S": "x"}}},
    ),
    Attack(
        "forge an approval's event",
        "events",
        "put_events",
        {"Entries": [{"Source": "aws.sagemaker", "DetailType": "x", "Detail": "{{}}"}]},
    ),
    Attack(
        "send events to another repository",
        "ssm",
        "put_parameter",
        {"Name": "/mlops-sm-project/{victim}-{victim_id}", "Value": "x", "Overwrite": True},
    ),
)
LAUNCH_ROLE = (
    *ANY_ROLE,
    Attack(
        "make a role without the boundary",
        "iam",
        "create_role",
        {"RoleName": "mlops-{own_id}-build", "AssumeRolePolicyDocument": _OPEN_TRUST},
    ),
    Attack(
        "make a role with another boundary",
        "iam",
        "create_role",
        {
            "RoleName": "mlops-{own_id}-build",
            "AssumeRolePolicyDocument": _OPEN_TRUST,
            "PermissionsBoundary": _ADMINISTRATOR,
        },
    ),
    Attack(
        "make a role of another name",
        "iam",
        "create_role",
        {
            "RoleName": "back-door",
            "AssumeRolePolicyDocument": _OPEN_TRUST,
            "PermissionsBoundary": "arn:aws:iam::{account}:policy/mlops-sm-project-boundary",
        },
    ),
    Attack(
        "shed a role's boundary",
        "iam",
        "delete_role_permissions_boundary",
        {"RoleName": "mlops-{own_id}-build"},
    ),
    Attack(
        "change a role's boundary",
        "iam",
        "put_role_permissions_boundary",
        {"RoleName": "mlops-{own_id}-build", "PermissionsBoundary": _ADMINISTRATOR},
    ),
    Attack(
        "change the boundary itself",
        "iam",
        "create_policy_version",
        {
            "PolicyArn": "arn:aws:iam::{account}:policy/mlops-sm-project-boundary",
            "PolicyDocument": _EVERYTHING,
            "SetAsDefault": True,
        },
    ),
    Attack(
        "make a role administrator",
        "iam",
        "attach_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyArn": _ADMINISTRATOR},
    ),
    Attack(
        "widen itself",
        "iam",
        "put_role_policy",
        {"RoleName": "mlops-sm-project-launch", "PolicyName": "up", "PolicyDocument": _EVERYTHING},
    ),
    Attack(
        "open itself",
        "iam",
        "update_assume_role_policy",
        {"RoleName": "mlops-sm-project-launch", "PolicyDocument": _OPEN_TRUST},
    ),
    Attack(
        "open the registration role",
        "iam",
        "update_assume_role_policy",
        {"RoleName": "mlops-sm-project-registration", "PolicyDocument": _OPEN_TRUST},
    ),
    Attack(
        "open the CDK's execution role",
        "iam",
        "update_assume_role_policy",
        {
            "RoleName": "cdk-hnb659fds-cfn-exec-role-{account}-{region}",
            "PolicyDocument": _OPEN_TRUST,
        },
    ),
    Attack("make a key for a user", "iam", "create_access_key", {"UserName": "data-scientist"}),
    Attack(
        "make a stack as administrator",
        "cloudformation",
        "create_stack",
        {
            "StackName": "SC-{account}-pp-up",
            "TemplateBody": _EMPTY_STACK,
            "RoleARN": _ROLE + "cdk-hnb659fds-cfn-exec-role-{account}-{region}",
        },
    ),
    Attack(
        "read a token",
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "mlops-sm-project/{victim_id}/github-token"},
    ),
    Attack(
        "read data",
        "s3",
        "get_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz"},
    ),
    Attack(
        "approve a model",
        "sagemaker",
        "update_model_package",
        {"ModelPackageArn": "{victim_version}", "ModelApprovalStatus": "Approved"},
    ),
    Attack(
        "change the code of a function",
        "lambda",
        "update_function_code",
        {"FunctionName": "mlops-sm-project-repository", "ZipFile": b"bad"},
    ),
)
_DUTIES = ("build", "deploy", "execution", "cloudformation")
_ROWS = [
    *((f"mlops-{{own_id}}-{duty}", attack) for duty in _DUTIES for attack in ANY_PROJECT_ROLE),
    *(("mlops-sm-project-launch", attack) for attack in LAUNCH_ROLE),
]


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, names) for item in value]
    if isinstance(value, str) and not value.startswith('{"'):
        return value.format(**names)
    return value


def _answer(call: Callable[..., Any], request: dict[str, Any]) -> str:
    try:
        call(**request)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"


@pytest.mark.parametrize(("role", "attack"), _ROWS, ids=[f"{r}: {a.aim}" for r, a in _ROWS])
def test_it_is_denied(scene: Scene, role: str, attack: Attack) -> None:
    names = scene.names()
    client = scene.as_role(role.format(**names)).client(attack.service)
    request = _filled(attack.request, names)
    assert _answer(getattr(client, attack.operation), request) in _DENIED


@pytest.mark.parametrize(
    ("duty", "allowed"),
    [
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
            "deploy",
            Attack(
                "", "sagemaker", "describe_model_package", {"ModelPackageName": "{own_version}"}
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
            "cloudformation",
            Attack(
                "", "sagemaker", "describe_model_package", {"ModelPackageName": "{own_version}"}
            ),
        ),
    ],
)
def test_the_same_credentials_serve_their_purpose(scene: Scene, duty: str, allowed: Attack) -> None:
    """So a denial is not one of broken credentials."""
    names = scene.names()
    client = scene.as_role(f"mlops-{names['own_id']}-{duty}").client(allowed.service)
    answer = _answer(getattr(client, allowed.operation), _filled(allowed.request, names))
    assert answer in ("done", "ResourceNotFound", "ResourceNotFoundException")


def _settled(cloudformation: Any, stack_id: str) -> str:
    for _ in range(300):
        status = str(cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"])
        if not status.endswith("IN_PROGRESS"):
            return status
        time.sleep(0.1)
    return "IN_PROGRESS"


def test_a_template_of_the_deploy_workflow_makes_nothing_but_endpoints(scene: Scene) -> None:
    names = scene.names()
    project_id = names["own_id"]
    client = scene.as_role(f"mlops-{project_id}-deploy").client("cloudformation")
    administrator = scene.ground.world.administrator.client("cloudformation")
    resources = {
        "User": {"Type": "AWS::IAM::User"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": json.loads(_OPEN_TRUST)},
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
    role = f"arn:aws:iam::{names['account']}:role/mlops-{project_id}-cloudformation"
    for logical_id, resource in resources.items():
        stack_id = client.create_stack(
            StackName=f"mlops-{project_id}-dev",
            TemplateBody=json.dumps({"Resources": {logical_id: resource}}),
            Capabilities=["CAPABILITY_IAM"],
            RoleARN=role,
        )["StackId"]
        assert _settled(administrator, stack_id) == "ROLLBACK_COMPLETE", logical_id
        events = administrator.describe_stack_events(StackName=stack_id)["StackEvents"]
        (reason,) = (
            event["ResourceStatusReason"]
            for event in events
            if event["ResourceStatus"] == "CREATE_FAILED"
            and event["LogicalResourceId"] == logical_id
        )
        assert "is not authorized to perform" in reason
        administrator.delete_stack(StackName=stack_id)
        assert _settled(administrator, stack_id) == "DELETE_COMPLETE", logical_id
