"""Look, with the credentials of a stage's own account, whether it may use the project's models.

Runs before the stage is touched.
"""

import argparse
import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

from deploy_endpoint.errors import StageAccountError, aws_errors_explained
from deploy_endpoint.model.approved_model import parse_model_package
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.stage_settings import STAGES_FILE, load_stages

_DENIED = ("AccessDenied", "AccessDeniedException")


def check_shared(sagemaker: Any, arn: str, account: str) -> None:
    """Describe a version from the stage's account.

    Raises:
        StageAccountError: the project does not let that account use its models.
        AwsCallError: AWS refused for another reason.
    """
    with aws_errors_explained(f"describe model package {arn} from account {account}"):
        try:
            sagemaker.describe_model_package(ModelPackageName=arn)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _DENIED:
                raise
            raise StageAccountError(
                f"Account {account} may not use the models of this project; add it to "
                "StageAccounts when you update the project in Studio, bring its stack up to date "
                "with `make account`, and run this again."
            ) from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--stage", default=os.environ.get("STAGE", ""))


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    project = load_project()
    stage = load_stages(STAGES_FILE, project).stage(options.stage)
    arn = parse_model_package(os.environ.get("MODEL_PACKAGE_ARN", ""), project)
    with aws_errors_explained("reach SageMaker"):
        client = boto3.client("sagemaker", region_name=project.aws_region)
    check_shared(client, arn, project.account(stage))
