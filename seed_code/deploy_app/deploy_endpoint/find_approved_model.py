"""Print the ARN of the model package to deploy: the given one, or the newest approved.

Runs before synthesis, which itself never looks anything up.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3

from deploy_endpoint.errors import DeployError, ModelPackageError, aws_errors_explained
from deploy_endpoint.model_package import parse_model_package
from deploy_endpoint.project_settings import load_project


def newest_approved(sagemaker: Any, group: str) -> str:
    """Find the newest approved version of a group.

    Raises:
        ModelPackageError: no version is approved; approve one in the model registry.
    """
    # Ascending is the default order, and a page may be empty although more follow.
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    with aws_errors_explained(f"list the approved model packages of {group}"):
        for page in pages:
            for summary in page["ModelPackageSummaryList"]:
                return str(summary["ModelPackageArn"])
    raise ModelPackageError(
        f"No version of model package group {group} is approved; "
        "approve one in the model registry, then run this again."
    )


def confirm_approved(sagemaker: Any, arn: str) -> str:
    """Return the ARN if that version is approved now.

    Raises:
        ModelPackageError: its status is another; approve it or choose another version.
    """
    with aws_errors_explained(f"describe model package {arn}"):
        package = sagemaker.describe_model_package(ModelPackageName=arn)
    status = package.get("ModelApprovalStatus", "without approval status")
    if status != "Approved":
        raise ModelPackageError(
            f"{arn} is {status}, not Approved; approve it in the model registry "
            "or give an approved version."
        )
    return arn


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="find_approved_model", description=__doc__)
    parser.add_argument(
        "--model-package-arn",
        default=os.environ.get("MODEL_PACKAGE_ARN", ""),
        help="confirm this one instead of finding the newest (default: MODEL_PACKAGE_ARN)",
    )
    requested = parser.parse_args(arguments).model_package_arn.strip()
    try:
        project = load_project(Path("project.env"), os.environ)
        if requested:
            requested = parse_model_package(requested, project)
        with aws_errors_explained("reach SageMaker"):
            sagemaker = boto3.client("sagemaker", region_name=project.aws_region)
        if requested:
            found = confirm_approved(sagemaker, requested)
        else:
            found = newest_approved(sagemaker, project.model_package_group_name)
        print(parse_model_package(found, project))
    except DeployError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
