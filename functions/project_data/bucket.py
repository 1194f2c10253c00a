"""Empties and removes a versioned bucket."""

from typing import Any

from botocore.exceptions import ClientError

from invocation.deadline import Deadline
from project_data.errors import OutOfTimeError, StepRefusedError, is_absent, refused
from project_data.monthly_cost import StoredData

_BATCH = 1000  # what DeleteObjects takes
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
    except ClientError as error:
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
            _delete_versions(s3, bucket, found)
        for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for upload in page.get("Uploads", []):
                s3.abort_multipart_upload(
                    Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                )
        s3.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if not is_absent(error):
            raise refused(f"to remove bucket {bucket}", error) from None


def _delete_versions(s3: Any, bucket: str, found: list[dict[str, Any]]) -> None:
    objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
    for start in range(0, len(objects), _BATCH):
        batch = {"Objects": objects[start : start + _BATCH], "Quiet": True}
        errors = s3.delete_objects(Bucket=bucket, Delete=batch).get("Errors", [])
        if errors:
            first = errors[0]
            raise StepRefusedError(
                f"to delete {len(errors)} objects of bucket {bucket}, {first.get('Key')} first",
                f"{first.get('Code')}: {first.get('Message')}",
            )
