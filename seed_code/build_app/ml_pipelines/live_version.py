"""Which version a new one is compared with: the one that the last stage serves which serves any.

The project template's dispatch function writes its ARN into its own table whenever a deployment
ends. An execution is told it, and the folder of its archive, as parameters: the definition stays
the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from ml_pipelines.clients import Clients
from ml_pipelines.settings import Project

ARN_PARAMETER, URL_PARAMETER = "LiveModelPackageArn", "LiveModelUrl"
# What stands for an ARN where no version is live, and where nobody looked; as in comparison.py.
NONE, UNKNOWN = "none", "unknown"
_GONE = ("does not exist", "cannot find", "not found")


class LiveVersionError(ValueError):
    """Which version is live cannot be read; the message says what to do."""


def live_parameters(clients: Clients, project: Project) -> dict[str, str]:
    """Look the live version up, for the parameters of an execution.

    Raises:
        LiveVersionError: the role may not.
    """
    try:
        arn = _live_arn(clients.dynamodb, project)
        url = _model_url(clients.sagemaker, arn) if arn else None
    except ClientError as error:
        if "AccessDenied" not in error.response["Error"]["Code"]:
            raise
        without = json.dumps({ARN_PARAMETER: NONE})
        raise LiveVersionError(
            f"the live version cannot be looked up ({error}); update the project's stack, or "
            f"start without a comparison: --parameters '{without}'."
        ) from error
    if url is None:
        return {ARN_PARAMETER: NONE}
    folder = f"{url.rpartition('/')[0]}/"
    # The job may read no other bucket; it then says that it found no archive.
    is_ours = folder.startswith(f"s3://{project.ARTIFACT_BUCKET}/")
    return {ARN_PARAMETER: arn, **({URL_PARAMETER: folder} if is_ours else {})}


def _live_arn(dynamodb: Any, project: Project) -> str:
    """What the function wrote down; empty if no stage serves a version."""
    item: Mapping[str, Any] = dynamodb.get_item(
        TableName=project.APPROVAL_TABLE,
        Key={"ClaimId": {"S": f"live {project.MODEL_PACKAGE_GROUP_NAME}"}},
        ConsistentRead=True,
    ).get("Item", {})
    return str(item.get("Live", {}).get("S", ""))


def _model_url(sagemaker: Any, arn: str) -> str | None:
    """Where a version's archive is; None if the version is deleted."""
    try:
        package = sagemaker.describe_model_package(ModelPackageName=arn)
    except ClientError as error:
        said = str(error).lower()
        is_gone = any(word in said for word in _GONE)
        if error.response["Error"]["Code"] == "ValidationException" and is_gone:
            return None
        raise
    containers = package.get("InferenceSpecification", {}).get("Containers", [])
    return str(containers[0].get("ModelDataUrl", "")) if containers else ""
