"""AWS::S3::Bucket keeps its encryption, lifecycle and tags, and is not deleted with objects in it.

Sources: CloudFormation reference of AWS::S3::Bucket ("You can only delete empty buckets"), S3 user
guide on SSE-KMS (a write without a key id uses the bucket's key, else the key `aws/s3`).
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from ministack.core.responses import get_account_id, get_region
from ministack.services import s3

from rehearsal.aws.emulator.corrections.cloudformation import resource_handlers
from rehearsal.aws.emulator.wrapping import wrap

_TYPE = "AWS::S3::Bucket"
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_KMS = "aws:kms"
_ALGORITHM_HEADER = "x-amz-server-side-encryption"
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"


def apply() -> None:
    """Correct the CloudFormation handlers and the write path."""
    resource_handlers.then_set(_TYPE, _configure)
    resource_handlers.replace(_TYPE, delete=_delete)
    wrap(_resolve_with_default_key, "_resolve_sse_write_headers", s3)


def _configure(name: str, props: dict[str, Any]) -> None:
    rules = props.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    if rules:
        s3._put_bucket_encryption(name, _encryption_xml(rules))
    else:
        s3._bucket_encryption.pop(name, None)
    s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in props.get("Tags", [])}


def _encryption_xml(rules: list[dict[str, Any]]) -> bytes:
    root = ElementTree.Element("ServerSideEncryptionConfiguration", xmlns=_NAMESPACE)
    for rule in rules:
        element = ElementTree.SubElement(root, "Rule")
        default = ElementTree.SubElement(element, "ApplyServerSideEncryptionByDefault")
        for name, value in rule.get("ServerSideEncryptionByDefault", {}).items():
            ElementTree.SubElement(default, name).text = str(value)
        enabled = str(rule.get("BucketKeyEnabled", False)).lower()
        ElementTree.SubElement(element, "BucketKeyEnabled").text = enabled
    document: bytes = ElementTree.tostring(root, encoding="utf-8")
    return document


def _delete(name: str, _props: dict[str, Any]) -> None:
    status, _headers, body = s3._delete_bucket(name)
    if status < 300 or b"NoSuchBucket" in body:
        return
    reason = ElementTree.fromstring(body).findtext("Message")  # noqa: S314 # MiniStack's own answer
    raise ValueError(
        f"{reason}. (Service: S3, Status Code: {status}; empty the bucket {name} and delete again)"
    )


def _resolve_with_default_key(resolve: Any, headers: dict[str, str], bucket: str) -> Any:
    if headers.get(_ALGORITHM_HEADER) == _KMS and not headers.get(_KEY_HEADER):
        headers = {**headers, _KEY_HEADER: _default_key(bucket)}
    return resolve(headers, bucket)


def _default_key(bucket: str) -> str:
    configured = s3._bucket_default_sse_headers(bucket).get(_KEY_HEADER)
    return configured or f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/s3"
