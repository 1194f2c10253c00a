"""Why a pipeline execution failed, in a few words for the people of the build repository."""

import logging
from typing import Any

from botocore.exceptions import ClientError

from invocation.aws_errors import error_code, is_passing

# The first step, which alone reads what lies outside the project; its role may not read everything.
_READS_DATA = "Preprocess"
_DENIED = ("accessdenied", "access denied", "is not authorized to perform")
# What the registration of the template has to allow, by the service that IAM protects.
_NOT_ALLOWED = {
    "to perform: ecr:": (
        "may not pull its image; the registration's IMAGE_REPOSITORIES must name it"
    ),
    "to perform: ec2:": (
        "may not join its network; the registration's JOBS_SUBNETS and JOBS_SECURITY_GROUPS must "
        "name it"
    ),
}

_log = logging.getLogger(__name__)


def failure_reason(sagemaker: Any, execution_arn: str) -> str:
    """Ask which step of an execution failed, and why; empty if AWS does not tell."""
    try:
        answer = sagemaker.list_pipeline_execution_steps(
            PipelineExecutionArn=execution_arn, SortOrder="Ascending"
        )
    except ClientError as error:
        if is_passing(error):
            raise
        _log.warning("the steps of %s: %s", execution_arn, error_code(error))
        return ""
    for step in answer["PipelineExecutionSteps"]:
        reason = " ".join(str(step.get("FailureReason") or "").split())
        if step.get("StepStatus") == "Failed" and reason:
            return _say(str(step["StepName"]), reason)
    return ""


def _say(step: str, reason: str) -> str:
    for action, remedy in _NOT_ALLOWED.items():
        if action in reason:
            return f"{step} {remedy}"
    is_denied = any(word in reason.lower() for word in _DENIED)
    if step.startswith(_READS_DATA) and is_denied:
        return f"{step} may not read the data; name its folder in the project's DataLocations"
    return f"{step}: {reason}"
