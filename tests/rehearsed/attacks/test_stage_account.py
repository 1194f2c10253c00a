"""What nobody reaches from a stage's own account: neither with its roles, nor as its administrator.

The stack of the account is made of the template that the deploy repository holds.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from rehearsal.conductor.aws_accounts import ACCOUNT, AwsUser
from rehearsal.laboratory.trials.role_sessions import RoleSessions
from tests.rehearsed.attacks.attack import (
    DENIED,
    EMPTY_STACK,
    EVERYTHING,
    OPEN_TRUST,
    Attack,
    answer,
    filled,
)
from tests.rehearsed.attacks.conftest import ROOT, STAGE_ACCOUNT, Scene

_TEMPLATE = Path(ROOT, "seed_code", "deploy_app", "stage_account.yml")
_ROLES = ("deploy-prod", "cloudformation-prod", "execution-prod", "administrator")
_OWN = {"Bucket": "mlops-sm-project-{own_id}", "Key": "{own}-{own_id}/model.tar.gz"}
_VICTIMS = {"Bucket": "mlops-sm-project-{victim_id}", "Key": "{victim}-{victim_id}/model.tar.gz"}
_REACHING_OVER = (
    Attack("read the victim's model", "s3", "get_object", _VICTIMS),
    Attack("replace the own model", "s3", "put_object", {**_OWN, "Body": b"worse"}),
    Attack("delete the own model", "s3", "delete_object", _OWN),
    Attack("list the own data", "s3", "list_objects_v2", {"Bucket": _OWN["Bucket"]}),
    Attack("use the key without S3", "kms", "describe_key", {"KeyId": "{own_key}"}),
    Attack(
        "see the victim's version",
        "sagemaker",
        "describe_model_package",
        {"ModelPackageName": "{victim_version}"},
    ),
    Attack(
        "approve the own version",
        "sagemaker",
        "update_model_package",
        {"ModelPackageArn": "{own_version}", "ModelApprovalStatus": "Approved"},
    ),
    Attack(
        "register a version that approves itself",
        "sagemaker",
        "create_model_package",
        {
            "ModelPackageGroupName": (
                "arn:aws:sagemaker:{region}:{account}:model-package-group/{own}-{own_id}"
            ),
            "CustomerMetadataProperties": {"approved-by-prod": "somebody"},
            "ModelLifeCycle": {"Stage": "prod", "StageStatus": "Approved"},
        },
    ),
    Attack(
        "delete the own version",
        "sagemaker",
        "delete_model_package",
        {"ModelPackageName": "{own_version}"},
    ),
    Attack(
        "take the role of the project's account",
        "sts",
        "assume_role",
        {
            "RoleArn": "arn:aws:iam::{account}:role/mlops-{own_id}-deploy-prod",
            "RoleSessionName": "over",
        },
    ),
    Attack(
        "report as the project",
        "events",
        "put_events",
        {
            "Entries": [
                {
                    "EventBusName": "arn:aws:events:{region}:{account}:event-bus/default",
                    "Source": "mlops-sm-project.{own_id}.prod",
                    "DetailType": "Stage Deployment Report",
                    "Detail": "{{}}",
                }
            ]
        },
    ),
)
_WITHIN = (
    Attack("make a user", "iam", "create_user", {"UserName": "back-door"}),
    Attack(
        "widen the own role",
        "iam",
        "put_role_policy",
        {
            "RoleName": "mlops-{own_id}-deploy-prod",
            "PolicyName": "more",
            "PolicyDocument": EVERYTHING,
        },
    ),
    Attack(
        "make the stack of staging",
        "cloudformation",
        "create_stack",
        {"StackName": "mlops-{own_id}-staging", "TemplateBody": EMPTY_STACK},
    ),
    Attack(
        "delete the roles' own stack",
        "cloudformation",
        "delete_stack",
        {"StackName": "mlops-{own_id}-prod-account"},
    ),
    Attack(
        "ask another endpoint", "sagemaker", "delete_endpoint", {"EndpointName": "{victim}-prod"}
    ),
    Attack(
        "claim another endpoint",
        "sagemaker",
        "add_tags",
        {
            "ResourceArn": f"arn:aws:sagemaker:{{region}}:{STAGE_ACCOUNT}:endpoint/{{victim}}-prod",
            "Tags": [
                {"Key": "sagemaker:project-id", "Value": "{own_id}"},
                {"Key": "mlops:stage", "Value": "prod"},
            ],
        },
    ),
)
_ROWS = [
    *((role, attack) for role in _ROLES for attack in _REACHING_OVER),
    *((role, attack) for role in _ROLES[:-1] for attack in _WITHIN),
]


@pytest.fixture(scope="module")
def names(scene: Scene) -> dict[str, str]:
    """What requests are filled in with; the own model is in the bucket."""
    known = scene.names()
    administrator = scene.ground.world.administrator
    administrator.client("s3").put_object(**filled(_OWN, known), Body=b"model")
    return known


@pytest.fixture(scope="module")
def sessions(scene: Scene, names: dict[str, str]) -> RoleSessions:
    """Sessions of the roles in the stage's account."""
    user = scene.ground.world.root_of(STAGE_ACCOUNT)
    _make_account_stack(user, names)
    iam = user.client("iam")
    iam.create_role(
        RoleName=f"mlops-{scene.own.id}-administrator", AssumeRolePolicyDocument=OPEN_TRUST
    )
    iam.put_role_policy(
        RoleName=f"mlops-{scene.own.id}-administrator",
        PolicyName="everything",
        PolicyDocument=EVERYTHING,
    )
    return RoleSessions(user, STAGE_ACCOUNT)


def _make_account_stack(user: AwsUser, names: dict[str, str]) -> None:
    repository = "repo:octo@1/rings-deploy@2"
    values = {
        "ProjectId": names["own_id"],
        "ProjectName": names["own"],
        "Stage": "prod",
        "ProjectAccount": ACCOUNT,
        "KmsKeyArn": names["own_key"],
        "SubClaimPrefix": repository,
        "SubClaim": f"{repository}:environment:prod",
        "RepositoryId": "2",
    }
    cloudformation = user.client("cloudformation")
    name = f"mlops-{names['own_id']}-prod-account"
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(yaml.safe_load(_TEMPLATE.read_text(encoding="utf-8"))),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )


@pytest.mark.parametrize(("role", "attack"), _ROWS, ids=[f"{r}: {a.aim}" for r, a in _ROWS])
def test_it_is_denied(
    sessions: RoleSessions, names: dict[str, str], role: str, attack: Attack
) -> None:
    client = sessions.of(f"mlops-{names['own_id']}-{role}").client(attack.service)
    assert answer(getattr(client, attack.operation), filled(attack.request, names)) in DENIED


@pytest.mark.parametrize(
    ("role", "service", "operation", "request_"),
    [
        ("execution-prod", "s3", "get_object", _OWN),
        (
            "deploy-prod",
            "sagemaker",
            "describe_model_package",
            {"ModelPackageName": "{own_version}"},
        ),
        (
            "cloudformation-prod",
            "sagemaker",
            "describe_model_package",
            {"ModelPackageName": "{own_version}"},
        ),
    ],
)
def test_the_same_credentials_serve_their_purpose(
    sessions: RoleSessions,
    names: dict[str, str],
    role: str,
    service: str,
    operation: str,
    request_: dict[str, str],
) -> None:
    client = sessions.of(f"mlops-{names['own_id']}-{role}").client(service)
    assert answer(getattr(client, operation), filled(request_, names)) == "done"
