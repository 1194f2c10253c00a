"""Removes a project's pipeline, model packages and their group."""

import hashlib
from typing import Any

from invocation.aws_errors import AWS_ERRORS, error_code, is_absent, is_passing
from invocation.deadline import Deadline
from project_data.errors import OutOfTimeError, refused

_POLL_SECONDS = 5.0
_BUSY = "ConflictException"


def list_packages(sagemaker: Any, group: str) -> list[str]:
    """Return the ARNs of a group's model packages; none if the group is gone."""
    try:
        pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
        return [
            package["ModelPackageArn"]
            for page in pages
            for package in page["ModelPackageSummaryList"]
        ]
    except AWS_ERRORS as error:
        if is_absent(error):
            return []
        raise refused(f"to list model package group {group}", error) from None


def remove_group(sagemaker: Any, group: str, packages: list[str], deadline: Deadline) -> None:
    """Delete the packages, then the group.

    Raises:
        OutOfTimeError: packages are left.
        StepRefusedError: AWS keeps one.
    """
    for package in packages:
        if not deadline.allows(2):
            raise OutOfTimeError(f"deleting the model packages of {group}")
        _call(f"to delete {package}", sagemaker.delete_model_package, ModelPackageName=package)
    _call(
        f"to delete model package group {group}",
        sagemaker.delete_model_package_group,
        ModelPackageGroupName=group,
    )


def remove_pipeline(sagemaker: Any, pipeline: str, token: str, deadline: Deadline) -> None:
    """Delete the pipeline, stopping executions that still run.

    Args:
        sagemaker: the boto3 client.
        pipeline: its name.
        token: makes a repeated request the same request; at least 32 characters.
        deadline: until when stopping executions are awaited.

    Raises:
        OutOfTimeError: an execution does not stop in time.
        StepRefusedError: AWS keeps it.
    """
    while True:
        try:
            sagemaker.delete_pipeline(PipelineName=pipeline, ClientRequestToken=token)
        except AWS_ERRORS as error:
            if is_absent(error):
                return
            if is_passing(error):
                raise refused(f"to delete pipeline {pipeline}", error) from None
            # An execution may have ended since it was in the way.
            was_busy = error_code(error) == _BUSY
            if not _stop_executions(sagemaker, pipeline, token) and not was_busy:
                raise refused(f"to delete pipeline {pipeline}", error) from None
        else:
            return
        if not deadline.allows(_POLL_SECONDS):
            raise OutOfTimeError(f"stopping the executions of pipeline {pipeline}")
        deadline.sleep(_POLL_SECONDS)


def _stop_executions(sagemaker: Any, pipeline: str, token: str) -> bool:
    """Ask running executions to stop; return whether any was running or stopping."""
    listed = _list_executions(sagemaker, pipeline)
    for execution in listed:
        if execution["PipelineExecutionStatus"] == "Executing":
            arn = execution["PipelineExecutionArn"]
            _call(
                f"to stop {arn}",
                sagemaker.stop_pipeline_execution,
                PipelineExecutionArn=arn,
                ClientRequestToken=_token_for(token, arn),
            )
    return any(e["PipelineExecutionStatus"] in ("Executing", "Stopping") for e in listed)


def _list_executions(sagemaker: Any, pipeline: str) -> list[dict[str, Any]]:
    """Return what a pipeline has executed; nothing if the pipeline is gone."""
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline)
    try:
        return [execution for page in pages for execution in page["PipelineExecutionSummaries"]]
    except AWS_ERRORS as error:
        if is_absent(error):
            return []
        raise refused(f"to list the executions of pipeline {pipeline}", error) from None


def _token_for(token: str, arn: str) -> str:
    return hashlib.sha256(f"{token} {arn}".encode()).hexdigest()


def _call(what: str, call: Any, **arguments: str) -> None:
    try:
        call(**arguments)
    except AWS_ERRORS as error:
        if not is_absent(error):
            raise refused(what, error) from None
