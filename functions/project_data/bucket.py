"""Empties and removes a versioned bucket."""

from typing import Any

from invocation.aws_errors import AWS_ERRORS, error_code, is_absent
from invocation.deadline import Deadline
from project_data.errors import (
    DataError,
    OutOfTimeError,
    StepRefusedError,
    StepUndoneError,
    refused,
)
from project_data.monthly_cost import StoredData

_BATCH = 1000  # what DeleteObjects takes
_PASSING = ("InternalError", "ServiceUnavailable", "SlowDown")
_BUSY_PAUSE_SECONDS = 5.0
_MEASURING_LEAVES_SECONDS = 10


def measure(s3: Any, bucket: str, deadline: Deadline) -> StoredData:
    """Count and add up the versions of all objects; a bucket that is gone holds none."""
    versions = size_bytes = 0
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found = page.get("Versions", [])
            versions += len(found)
            size_bytes += sum(version.get("Size", 0) for version in found)
            if versions and not deadline.allows(_MEASURING_LEAVES_SECONDS):
                return StoredData(versions, size_bytes, complete=False)
    except AWS_ERRORS as error:
        if not is_absent(error):
            raise refused(f"to list bucket {bucket}", error) from None
    return StoredData(versions, size_bytes)


def remove_bucket(s3: Any, bucket: str, deadline: Deadline) -> None:
    """Delete every version, delete marker and unfinished upload, then the bucket.

    Raises:
        OutOfTimeError: some are left.
        StepRefusedError: an object or the bucket stays, for instance under an object lock.
    """
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            if not deadline.allows(5):
                raise OutOfTimeError(f"emptying bucket {bucket}")
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            _delete_versions(s3, bucket, found, deadline)
        for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for upload in page.get("Uploads", []):
                _abort(s3, bucket, upload)
        s3.delete_bucket(Bucket=bucket)
    except AWS_ERRORS as error:
        if not is_absent(error):
            raise refused(f"to remove bucket {bucket}", error) from None


def _abort(s3: Any, bucket: str, upload: dict[str, Any]) -> None:
    """End an unfinished upload, unless an attempt whose answer was lost has done it."""
    try:
        s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    except AWS_ERRORS as error:
        if error_code(error) != "NoSuchUpload":
            raise


def _delete_versions(s3: Any, bucket: str, found: list[dict[str, Any]], deadline: Deadline) -> None:
    objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
    for start in range(0, len(objects), _BATCH):
        batch = objects[start : start + _BATCH]
        while errors := _delete_batch(s3, bucket, batch):
            # S3 answers for each object, and is busy or fails for single ones too.
            is_final = any(error.get("Code") not in _PASSING for error in errors)
            if is_final or not deadline.allows(_BUSY_PAUSE_SECONDS):
                raise _undeleted(bucket, errors)
            deadline.sleep(_BUSY_PAUSE_SECONDS)
            batch = [_without_code(error) for error in errors]


def _delete_batch(s3: Any, bucket: str, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
    return list(answer.get("Errors", []))


def _without_code(error: dict[str, Any]) -> dict[str, Any]:
    return {name: error[name] for name in ("Key", "VersionId") if name in error}


def _undeleted(bucket: str, errors: list[dict[str, Any]]) -> DataError:
    first = next((error for error in errors if error.get("Code") not in _PASSING), errors[0])
    what = f"to delete {len(errors)} objects of bucket {bucket}, {first.get('Key')} first"
    why = f"{first.get('Code')}: {first.get('Message')}"
    if first.get("Code") in _PASSING:
        return StepUndoneError(what, why)
    return StepRefusedError(what, why)
