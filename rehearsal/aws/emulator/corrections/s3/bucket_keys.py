"""What S3 tells KMS an object under a key is for: its bucket, or itself without a bucket key.

MiniStack takes no notice of bucket keys.
Sources: S3 user guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys" (the encryption
context of an object under a bucket key is the bucket's ARN, else the object's), and "Configuring
an S3 Bucket Key at the object level" (a request's header counts before the bucket's setting).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import s3

from rehearsal.aws.emulator.wrapping import wrap

CONTEXT_KEY = "kms:EncryptionContext:aws:s3:arn"
_HEADER = "x-amz-server-side-encryption-bucket-key-enabled"
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"


def apply() -> None:
    """Keep with each object whether it lies under a bucket key, and tell it in answers."""
    wrap(_resolve_with_bucket_key, "_resolve_sse_write_headers", s3)
    if _HEADER not in s3._SSE_STORED_HEADERS:
        s3._SSE_STORED_HEADERS = (*s3._SSE_STORED_HEADERS, _HEADER)


def context_of(bucket: str, key: str, encryption: Mapping[str, str]) -> str:
    """ARN that stands in the encryption context.

    Args:
        bucket: of the object.
        key: of the object.
        encryption: headers of S3 about how it is encrypted.
    """
    arn = f"arn:aws:s3:::{bucket}"
    return arn if encryption.get(_HEADER) == "true" else f"{arn}/{key}"


def _resolve_with_bucket_key(resolve: Any, headers: dict[str, str], bucket: str) -> Any:
    encryption, error = resolve(headers, bucket)
    if not encryption or _KEY_HEADER not in encryption:
        return encryption, error
    said = headers.get(_HEADER, "").lower()
    return {**encryption, _HEADER: said or _setting_of(bucket)}, error


def _setting_of(bucket: str) -> str:
    stored = s3._bucket_encryption.get(bucket) or ""
    return "true" if "<BucketKeyEnabled>true</BucketKeyEnabled>" in stored else "false"
