"""What becomes of a project's data when the project goes.

Order: the pipeline, which may still be writing; the model packages; the bucket with what they
point to; last the key, without which nothing of it could be read, unless projects share it. Every
step passes over what is already gone, so that a deletion that stopped half-way goes on when it is
repeated.
"""

from dataclasses import dataclass
from typing import Any

from invocation.aws_errors import AWS_ERRORS, error_code, is_absent
from invocation.deadline import Deadline
from project_data.bucket import measure, remove_bucket
from project_data.errors import refused
from project_data.model_registry import list_packages, remove_group, remove_pipeline
from project_data.monthly_cost import KEY_DOLLARS, dollars_a_month
from project_data.request import DataRequest

KEY_WAITING_DAYS = 7  # the least that KMS allows


@dataclass(frozen=True)
class Services:
    """The boto3 clients in use."""

    s3: Any
    sagemaker: Any
    kms: Any


def remove_data(request: DataRequest, services: Services, *, token: str, deadline: Deadline) -> str:
    """Remove everything on `delete`, and what is empty on `keep`.

    Args:
        request: whose data.
        services: AWS.
        token: the idempotency token of the pipeline's deletion.
        deadline: for what takes long.

    Returns:
        One sentence that says what stays and what it costs.

    Raises:
        DataError: a step failed; repeating goes on from there.
    """
    stays = _remove_models(request, services.sagemaker, token, deadline)
    stored = None if _all_goes(request) else measure(services.s3, request.bucket_name, deadline)
    if stored is None or not stored.versions:
        remove_bucket(services.s3, request.bucket_name, deadline)
        if not request.shares_key:
            _schedule_key_deletion(services.kms, request.key_id)
    else:
        stays.append(f"bucket {request.bucket_name} ({stored.in_words()})")
        if not request.shares_key:
            stays.append(f"key {request.key_id} ({dollars_a_month(KEY_DOLLARS)})")
    if stays:
        return f"As chosen, these stay: {', '.join(stays)}."
    if request.shares_key:
        return "No data stays and nothing costs any more; the key stays, which projects share."
    return f"No data stays and nothing costs any more; the key is gone in {KEY_WAITING_DAYS} days."


def _all_goes(request: DataRequest) -> bool:
    return request.on_delete == "delete"


def _remove_models(
    request: DataRequest, sagemaker: Any, token: str, deadline: Deadline
) -> list[str]:
    """Remove the pipeline, and the model packages or say that they stay."""
    remove_pipeline(sagemaker, request.pipeline_name, token, deadline)
    packages = list_packages(sagemaker, request.model_package_group_name)
    if _all_goes(request) or not packages:
        remove_group(sagemaker, request.model_package_group_name, packages, deadline)
        return []
    return [
        f"model package group {request.model_package_group_name} with {len(packages)} versions "
        "(free of charge)"
    ]


def _schedule_key_deletion(kms: Any, key_id: str) -> None:
    try:
        kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=KEY_WAITING_DAYS)
    except AWS_ERRORS as error:
        pending = error_code(error) == "KMSInvalidStateException"
        if not (pending or is_absent(error)):
            raise refused(f"to schedule the deletion of key {key_id}", error) from None
