"""The bucket of versions, where neither a stack nor a product is left that would take it along."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.installation import STACK
from operations.unregistration.catalog import find_products
from operations.unregistration.errors import BucketNotEmptiedError
from operations.unregistration.setting import Setting


@dataclass(frozen=True)
class BucketStep:
    """Deletes what a removal left that did not come to its end, if somebody wants that."""

    setting: Setting
    title: str = "Delete the files of earlier versions"

    def look(self) -> str:
        """Whether it is left and may go."""
        name = self.setting.version_bucket
        if name not in self.setting.deleted or not is_left(self.setting):
            return ""
        return f"delete the bucket {name}, which an earlier removal left, with all in it"

    def do(self) -> None:
        """Empty it and delete it, unless another removal did."""
        if not _is_there(self.setting):
            return
        s3, name = self.setting.client("s3"), self.setting.version_bucket
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
            there = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if there:
                _delete(s3, name, there)
        for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=name):
            for one in page.get("Uploads", []):
                s3.abort_multipart_upload(Bucket=name, Key=one["Key"], UploadId=one["UploadId"])
        s3.delete_bucket(Bucket=name)


def is_left(setting: Setting) -> bool:
    """Whether the bucket is there without a stack whose end it would share, or a product's use."""
    if not _is_there(setting):
        return False
    if setting.stack(STACK).find() is not None:
        return False
    return not find_products(setting.client("servicecatalog"))


def _is_there(setting: Setting) -> bool:
    try:
        setting.client("s3").head_bucket(Bucket=setting.version_bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
            return False
        raise
    return True


def _delete(s3: Any, name: str, there: list[dict[str, Any]]) -> None:
    objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in there]
    done = s3.delete_objects(Bucket=name, Delete={"Objects": objects, "Quiet": True})
    for error in done.get("Errors", []):
        raise BucketNotEmptiedError(name, error["Key"], error["Code"])
