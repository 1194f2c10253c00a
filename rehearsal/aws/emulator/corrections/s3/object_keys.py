"""Who reads or writes an object that a KMS key encrypts needs the key too.

Sources: S3 user guide, "Protecting data with SSE-KMS" (`kms:GenerateDataKey` to write,
`kms:Decrypt` to read, both for a multipart upload; "Encryption context"); KMS developer guide,
`kms:ViaService`, `kms:EncryptionContext:…` and "Key policies" (a key policy must allow even the
account's own principals).
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import unquote

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import kms, s3

from rehearsal.aws.emulator.corrections.s3 import bucket_keys
from rehearsal.aws.emulator.iam import resource_owners
from rehearsal.aws.emulator.wrapping import wrap

_WRITE, _READ = "kms:GenerateDataKey", "kms:Decrypt"
_BUCKET = "arn:aws:s3:::"
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
_READS = ("GetObject", "GetObjectVersion")
Check = tuple[str, str]


class _KeyForObject(str):
    """ARN of a key, which S3 asks for one object's sake."""

    __slots__ = ("encryption_context",)
    encryption_context: str


def apply() -> None:
    """Add the questions about keys to those that S3 asks, and ask the key's policy."""
    wrap(_checks, "s3_additional_checks", iam_actions)
    wrap(_resources_with_service, "s3_access_point_resources", iam_actions)
    wrap(_policy_of_key, "_resource_policy", iam_evaluator)
    wrap(_combine_with_key_policy, "combine_resource_policy", iam_evaluator)


def _checks(others: Any, *request: Any) -> list[Check]:
    method, path, headers, _body, query = request
    bucket, _, key = unquote(path).strip("/").partition("/")
    with in_account_of_bucket(bucket):
        found = list(others(*request))
    action = iam_actions._s3_action(method, path, query)
    if not key:
        return found
    if action == "PutObject":
        found += _writing(bucket, key, headers, is_multipart="uploadId" in query)
        source = iam_actions._s3_source_object(headers)
        if source:
            read_from, _, read = source[0].removeprefix(_BUCKET).partition("/")
            found += _reading(read_from, read, source[1])
    elif action in _READS:
        found += _reading(bucket, key, query.get("versionId"))
    return found


def _writing(bucket: str, key: str, headers: dict[str, str], *, is_multipart: bool) -> list[Check]:
    with in_account_of_bucket(bucket):
        encryption, _ = s3._resolve_sse_write_headers(headers, bucket)
    arn = _key_arn(bucket, key, encryption or {})
    if arn is None:
        return []
    return [(_WRITE, arn), (_READ, arn)] if is_multipart else [(_WRITE, arn)]


def _reading(bucket: str, key: str, version: Any) -> list[Check]:
    with in_account_of_bucket(bucket):
        found = record(bucket, key, version)
    arn = _key_arn(bucket, key, s3._stored_sse_headers(found)) if found else None
    return [(_READ, arn)] if arn else []


def record(bucket: str, key: str, version: Any) -> dict[str, Any] | None:
    """What S3 keeps of an object or of one of its versions; None if it is missing."""
    wanted = version[0] if isinstance(version, list) else version
    if wanted:
        versions = s3._object_versions.get((bucket, key), [])
        return next((v for v in versions if v["version_id"] == wanted), None)
    found: dict[str, Any] | None = s3._buckets.get(bucket, {}).get("objects", {}).get(key)
    return found


def _key_arn(bucket: str, key: str, encryption: dict[str, str]) -> _KeyForObject | None:
    """ARN of a customer's key; AWS's own key `aws/s3` is for everyone in its account alone."""
    found = _find_key(encryption, bucket)
    if found is None:
        return None
    arn = _KeyForObject(found)
    arn.encryption_context = bucket_keys.context_of(bucket, key, encryption)
    return arn


def _find_key(encryption: dict[str, str], bucket: str) -> str | None:
    named = encryption.get(_KEY_HEADER, "")
    is_whole = resource_owners.owner_of(named)
    with resource_owners.in_account_of(named) if is_whole else in_account_of_bucket(bucket):
        record = kms._resolve_key(named)
    if record:
        return str(record["Arn"])
    return named if resource_owners.is_foreign(named, get_account_id()) else None


def in_account_of_bucket(bucket: str) -> AbstractContextManager[None]:
    """Look up in the account that owns a bucket; one that does not exist is nobody's."""
    arn = f"{_BUCKET}{bucket}"
    return resource_owners.in_account_of(arn) if resource_owners.owner_of(arn) else nullcontext()


def _resources_with_service(resources: Any, arn: str) -> list[tuple[str, dict[str, Any]]]:
    """Let `kms:ViaService` say that it is S3 that asks, and the others for whom and for what."""
    if not isinstance(arn, _KeyForObject):
        return list(resources(arn))
    keys = {
        "kms:ViaService": f"s3.{get_region()}.amazonaws.com",
        "kms:CallerAccount": get_account_id(),
        bucket_keys.CONTEXT_KEY: arn.encryption_context,
    }
    return [(str(arn), keys)]


def _policy_of_key(policy_of: Any, service: str, arn: str) -> Any:
    return policy_of("kms" if _is_key(arn) else service, arn)


def _combine_with_key_policy(
    combine: Any, identity: Any, context: Any, policy: Any, owner: Any, **options: Any
) -> Any:
    if _is_key(context.resource_arn):
        options["required"] = True
    return combine(identity, context, policy, owner, **options)


def _is_key(arn: str) -> bool:
    return arn.startswith("arn:aws:kms:")
