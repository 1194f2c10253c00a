"""Let this repository deploy a stage into an AWS account of its own: the stack of that account.

Run it with credentials of an administrator of the stage's account. Running it again brings the
stack up to date; `--remove` takes it away, once the stage's endpoint is removed.
"""

import argparse
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import WaiterError

from deploy_endpoint.commands.stage_stack import StageStack
from deploy_endpoint.errors import (
    EndpointError,
    SettingsError,
    StageAccountError,
    aws_errors_explained,
)
from deploy_endpoint.settings.project_settings import ProjectSettings, load_project
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import STAGES_FILE, load_stages

_TEMPLATE = Path(__file__).resolve().parents[3] / "stage_account.yml"
_BOUNDARY = "PermissionsBoundary"
_POLL = {"Delay": 2, "MaxAttempts": 300}


def parameters(
    project: ProjectSettings, stage: StageSettings, *, creates_provider: bool, boundary: str = ""
) -> dict[str, str]:
    """What the template `stage_account.yml` asks for."""
    subnets, groups = project.network_arns(stage)
    return {
        "ProjectId": project.project_id,
        "ProjectName": project.project_name,
        "Stage": stage.name,
        "ProjectAccount": project.aws_account,
        "KmsKeyArn": project.kms_key_arn,
        "OpenIdConnectIssuer": project.oidc_issuer,
        "SubClaimPrefix": project.sub_claim_prefix,
        "SubClaim": project.sub_claim(stage),
        "RepositoryId": project.repository_id,
        "ImageRepositoryArns": ",".join(project.image_repository_arns),
        "SubnetArns": ",".join(subnets),
        "SecurityGroupArns": ",".join(groups),
        "CreateOpenIdConnectProvider": str(creates_provider).lower(),
        "RolePath": project.role_path,
        "RolePrefix": project.role_prefix,
        **({_BOUNDARY: boundary} if boundary else {}),
    }


def check_account(sts: Any, project: ProjectSettings, stage: StageSettings) -> None:
    """Look whether the credentials are of the account that the stage lies in.

    Raises:
        SettingsError: the stage has no account of its own.
        StageAccountError: they are of another account.
    """
    if not project.is_foreign(stage):
        raise SettingsError(
            f"Stage {stage.name} lies in the project's account, which needs no further stack; "
            f"write its account into {STAGES_FILE.as_posix()} first."
        )
    with aws_errors_explained("tell whose credentials these are"):
        found = sts.get_caller_identity()["Account"]
    if found != stage.account:
        raise StageAccountError(
            f"These credentials are of account {found}, but stage {stage.name} lies in "
            f"{stage.account}; use credentials of that account, such as by AWS_PROFILE."
        )


def has_provider(iam: Any, issuer: str) -> bool:
    """Tell whether the account trusts an issuer of tokens already."""
    with aws_errors_explained("list the OpenID Connect providers"):
        listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return any(provider["Arn"].endswith(f":oidc-provider/{issuer}") for provider in listed)


def make(cloudformation: Any, name: str, values: dict[str, str], tags: dict[str, str]) -> str:
    """Create the stack or bring it up to date, and say what was done.

    Raises:
        AwsCallError: CloudFormation refused.
        StageAccountError: the stack could not be made.
    """
    request: dict[str, Any] = {
        "TemplateBody": _TEMPLATE.read_text(encoding="utf-8"),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
        "Tags": [{"Key": k, "Value": v} for k, v in tags.items()],
    }
    stack = StageStack(cloudformation, name)
    known = stack.describe()
    if known is None:
        with aws_errors_explained(f"create stack {name}"):
            cloudformation.create_stack(StackName=name, **request)
        _wait(cloudformation, name, "stack_create_complete")
        return f"Stack {name} is created."
    if _BOUNDARY not in values and _has_parameter(known, _BOUNDARY):
        request["Parameters"].append({"ParameterKey": _BOUNDARY, "UsePreviousValue": True})
    if not stack.update(**request):
        return f"Stack {name} is up to date."
    _wait(cloudformation, name, "stack_update_complete")
    return f"Stack {name} is updated."


def _has_parameter(stack: dict[str, Any], name: str) -> bool:
    return any(one["ParameterKey"] == name for one in stack.get("Parameters", []))


def _wait(cloudformation: Any, name: str, what: str) -> None:
    print(f"Stack {name} is being made ...", flush=True)
    try:
        cloudformation.get_waiter(what).wait(StackName=name, WaiterConfig=_POLL)
    except WaiterError as error:
        why = StageStack(cloudformation, name).failure(since="") or str(error).rstrip(".")
        raise StageAccountError(
            f"Stack {name} could not be made ({why}); remove the cause, delete the stack if it is "
            "in ROLLBACK_COMPLETE, and run this again."
        ) from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--stage", required=True, help="its name, such as prod")
    parser.add_argument("--remove", action="store_true", help="delete the stack")
    parser.add_argument(
        "--permissions-boundary",
        default="",
        metavar="ARN",
        help="the account's boundary for the stage's roles; default: as it was, at first none",
    )


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    project = load_project()
    stage = load_stages(STAGES_FILE, project).stage(options.stage)
    name = f"{project.stack_name(stage.name)}-account"
    with aws_errors_explained("reach AWS"):
        sts, iam, cloudformation = (
            boto3.client(service, region_name=project.aws_region)
            for service in ("sts", "iam", "cloudformation")
        )
    check_account(sts, project, stage)
    if options.remove:
        _refuse_to_strand(cloudformation, project, stage)
        print(StageStack(cloudformation, name).remove())
        return
    creates_provider = not has_provider(iam, project.oidc_issuer)
    values = parameters(
        project, stage, creates_provider=creates_provider, boundary=options.permissions_boundary
    )
    print(make(cloudformation, name, values, project.tags(stage)))


def _refuse_to_strand(cloudformation: Any, project: ProjectSettings, stage: StageSettings) -> None:
    """Keep the roles as long as there is an endpoint, which cannot be removed without them.

    Raises:
        EndpointError: the stage's stack is there.
    """
    name = project.stack_name(stage.name)
    if StageStack(cloudformation, name).describe() is not None:
        raise EndpointError(
            f"Stack {name} with the endpoint is still in the account, and CloudFormation needs "
            "these roles to delete it; run the workflow Remove endpoint first."
        )
