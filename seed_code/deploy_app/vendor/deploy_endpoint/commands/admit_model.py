"""Admit a model package to a stage: the given one, or the newest approved.

Runs before the stage is touched; synthesis itself never looks anything up.

1. the version is of this project and approved now, by somebody who was seen to do so;
2. somebody let it into the stage, if its gate asks that: in the model registry somebody else than
   its approver, or a reviewer of the environment, whom GitHub names;
3. its artifact is the one that the pipeline evaluated;
4. keep the pipeline's report in a file, for the test after the deployment, and print what the
   deployment needs, as KEY=value lines.
"""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from deploy_endpoint.errors import ModelPackageError, aws_errors_explained
from deploy_endpoint.github_run import approvers
from deploy_endpoint.model.approved_model import (
    Decisions,
    parse_model_package,
    read_decisions,
)
from deploy_endpoint.model.evaluation_report import (
    EvaluationReport,
    check_artifact,
    parse_report,
    read_object,
    report_uri,
)
from deploy_endpoint.model.registered_version import APPROVED, find_package
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import STAGES_FILE, load_stages

REGISTRY, ENVIRONMENT = "registry", "environment"
_UNKNOWN = "unknown"  # what the pipeline says where no commit started it
_NEW = {"ModelApprovalStatus": APPROVED, "SortBy": "CreationTime", "SortOrder": "Descending"}


def newest_approved(sagemaker: Any, group: str) -> str:
    """Find the newest approved version of a group.

    Raises:
        ModelPackageError: no version is approved; approve one in the model registry.
    """
    # Ascending is the default order, and a page may be empty although more follow.
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, **_NEW
    )
    with aws_errors_explained(f"list the approved model packages of {group}"):
        for page in pages:
            for summary in page["ModelPackageSummaryList"]:
                return str(summary["ModelPackageArn"])
    raise ModelPackageError(
        f"No version of model package group {group} is approved; "
        "approve one in the model registry, then run this again."
    )


def describe_approved(sagemaker: Any, arn: str) -> dict[str, Any]:
    """Describe a version that is approved now.

    Raises:
        ModelPackageError: it is deleted, or its status is another; approve it or choose another
            version.
    """
    package = find_package(sagemaker, arn)
    if package is None:
        raise ModelPackageError(
            f"{arn} is not in the model registry, since it was deleted or never registered; "
            "give an approved version."
        )
    status = package.get("ModelApprovalStatus", "without approval status")
    if status != APPROVED:
        raise ModelPackageError(
            f"{arn} is {status}, not Approved; approve it in the model registry "
            "or give an approved version."
        )
    return package


def check_gate(arn: str, decisions: Decisions, stage: StageSettings, reviewers: str) -> None:
    """Look whether somebody let a version into the stage, if its gate asks that.

    Args:
        arn: of the version.
        decisions: of people about it.
        stage: where it is to go.
        reviewers: who let this run into the environment of the stage, as GitHub says.

    Raises:
        ModelPackageError: nobody did, or nobody but who approved the model.
    """
    opener = decisions.opened_by.get(stage.name, "")
    if stage.approval == REGISTRY and opener in ("", decisions.approved_by):
        raise ModelPackageError(
            f"{arn} is not approved for {stage.name}; somebody else than "
            f"its approver must set its stage {stage.name} to Approved in the model registry."
        )
    if stage.approval == ENVIRONMENT and not reviewers:
        raise ModelPackageError(
            f"GitHub names nobody who let this run into the environment {stage.name}, whose "
            f"reviewers must approve {arn}; give the environment reviewers, and run the workflow "
            "Deploy model again."
        )


def facts(package: Mapping[str, Any], report: EvaluationReport, approved_by: str) -> dict[str, str]:
    """What is recorded of the deployment of a version, by names of environment variables."""
    metadata = package.get("CustomerMetadataProperties") or {}
    commit = str(metadata.get("commit", _UNKNOWN))
    told = {
        "MODEL_PACKAGE_ARN": str(package["ModelPackageArn"]),
        "PROVENANCE_MODEL_SHA256": report.provenance.model_sha256,
        "PROVENANCE_DATA_SHA256": report.provenance.data_sha256,
        "PROVENANCE_COMMIT": commit if commit != _UNKNOWN else "",
        "PROVENANCE_PIPELINE_EXECUTION": str(metadata.get("pipeline-execution", "")),
        "PROVENANCE_APPROVED_BY": approved_by,
    }
    # One line each, whatever is in the registry: they become a job's environment.
    return {key: " ".join(value.split()) for key, value in told.items()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--stage", default=os.environ.get("STAGE", ""))
    parser.add_argument(
        "--model-package-arn",
        default=os.environ.get("MODEL_PACKAGE_ARN", ""),
        help="admit this one instead of the newest approved (default: MODEL_PACKAGE_ARN)",
    )
    parser.add_argument("--report", type=Path, default=Path("evaluation.json"))


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    project = load_project()
    stage = load_stages(STAGES_FILE, project).stage(options.stage)
    arn = options.model_package_arn.strip()
    if arn:
        arn = parse_model_package(arn, project)
    with aws_errors_explained("reach AWS"):
        sagemaker, s3, dynamodb = (
            boto3.client(service, region_name=project.aws_region)
            for service in ("sagemaker", "s3", "dynamodb")
        )
    arn = arn or newest_approved(sagemaker, project.model_package_group_name)
    package = describe_approved(sagemaker, parse_model_package(arn, project))
    decisions = read_decisions(dynamodb, package["ModelPackageArn"])
    reviewers = approvers(os.environ)
    check_gate(package["ModelPackageArn"], decisions, stage, reviewers)
    uri = report_uri(package)
    with aws_errors_explained(f"read {uri}"):
        text = read_object(s3, uri).read()
    report = parse_report(text, uri)
    check_artifact(s3, package, report.provenance, decisions.model_sha256)
    options.report.write_bytes(text)
    # Whoever decided last: on the stage, in the registry or on GitHub, or else on the model.
    approved_by = decisions.opened_by.get(stage.name) or reviewers or decisions.approved_by
    told = facts(package, report, approved_by)
    print("\n".join(f"{key}={value}" for key, value in told.items()))
