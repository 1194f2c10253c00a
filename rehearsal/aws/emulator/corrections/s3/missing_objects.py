"""Only who may list a bucket learns that an object is missing; all others are denied.

Source: S3 API reference, GetObject and HeadObject, "Permissions" (without `s3:ListBucket` a missing
object is answered with 403 instead of 404; versions that are missing ask for
`s3:ListBucketVersions`).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from ministack.core import iam_actions
from ministack.services import s3

from rehearsal.aws.emulator.corrections.s3 import object_keys
from rehearsal.aws.emulator.wrapping import wrap

_BUCKET = "arn:aws:s3:::"
_LISTS = {
    "s3:GetObject": "s3:ListBucket",
    "s3:GetObjectVersion": "s3:ListBucketVersions",
}
Check = tuple[str, str]


def apply() -> None:
    """Add the question about the list to those that S3 asks of a reader."""
    wrap(_checks, "s3_additional_checks", iam_actions)


def _checks(others: Any, *request: Any) -> list[Check]:
    method, path, headers, _body, query = request
    found = list(others(*request))
    bucket, _, key = unquote(path).strip("/").partition("/")
    action = f"s3:{iam_actions._s3_action(method, path, query)}"
    if key and action in _LISTS:
        found += _listing(bucket, key, query.get("versionId"))
    source = iam_actions._s3_source_object(headers)
    if key and action == "s3:PutObject" and source:
        read_from, _, read = source[0].removeprefix(_BUCKET).partition("/")
        found += _listing(read_from, read, source[1])
    return found


def _listing(bucket: str, key: str, version: Any) -> list[Check]:
    with object_keys.in_account_of_bucket(bucket):
        if bucket not in s3._buckets or object_keys.record(bucket, key, version):
            return []
    read = "s3:GetObjectVersion" if version else "s3:GetObject"
    return [(_LISTS[read], f"{_BUCKET}{bucket}")]
