"""Keys and secrets of other accounts are used where they are, once IAM has said yes.

MiniStack looks for them in the caller's account only.
Sources: KMS developer guide, "Allowing users in other accounts to use a KMS key" (the operations;
any other is only for the key's own account); Secrets Manager user guide, "Access secrets from a
different account" (by the whole ARN).
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import get_account_id
from ministack.services import kms, secretsmanager

from rehearsal.aws.emulator.iam import resource_owners
from rehearsal.aws.emulator.service_requests import Request, Serve, json_members, serve_first
from rehearsal.aws.emulator.wrapping import wrap

_OF_KEYS = (
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GetKeyRotationStatus",
    "GetPublicKey",
)
_OF_SECRETS = ("DescribeSecret", "GetSecretValue", "PutSecretValue")


def apply() -> None:
    """Find the key of a ciphertext in any account, and serve in the account of the resource."""
    wrap(_extract_key_of_ciphertext, "extract_resource_arn", iam_actions)
    _serve_where_it_is(kms, _OF_KEYS, _key_of)
    _serve_where_it_is(secretsmanager, _OF_SECRETS, lambda request: request.get("SecretId"))


def _key_of(request: dict[str, Any]) -> str:
    """What a request names as its key, or else the ARN of the key that made its ciphertext."""
    named = request.get("KeyId")
    if named or not request.get("CiphertextBlob"):
        return str(named or "")
    key_id = iam_actions._kms_key_id_from_ciphertext(request["CiphertextBlob"])
    for (_account, _region, stored), record in kms._keys.all_items():
        if stored == key_id:
            return str(record["Arn"])
    return str(key_id)


def _extract_key_of_ciphertext(
    extract: Any, service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any
) -> Any:
    if service == "kms":
        key = _key_of(json_members(body))
        if resource_owners.is_foreign(key, get_account_id()):
            return key
    return extract(service, method, path, headers, body, *rest)


def _serve_where_it_is(service: Any, operations: tuple[str, ...], resource_of: Any) -> None:
    async def serve_there(request: Request, serve: Serve) -> Any:
        arn = str(resource_of(json_members(request.body)) or "")
        is_foreign = resource_owners.is_foreign(arn, get_account_id())
        if request.operation not in operations or not is_foreign:
            return await serve(request)
        with resource_owners.in_account_of(arn):
            return await serve(request)

    serve_first(service, serve_there)
