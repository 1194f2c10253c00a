"""Keys and secrets of other accounts are used where they are, once IAM has said yes.

MiniStack looks for them in the caller's account only.
Sources: KMS developer guide, "Allowing users in other accounts to use a KMS key" (the operations;
any other is only for the key's own account); Secrets Manager user guide, "Access secrets from a
different account" (by the whole ARN).
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import get_account_id
from ministack.services import kms, secretsmanager

from rehearsal.aws.emulator.iam import resource_owners

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
    _know_the_key_of_a_ciphertext()
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


def _know_the_key_of_a_ciphertext() -> None:
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any
    ) -> Any:
        if service == "kms":
            key = _key_of(_request(body))
            if resource_owners.is_foreign(key, get_account_id()):
                return key
        return extract(service, method, path, headers, body, *rest)

    iam_actions.extract_resource_arn = extract_resource_arn


def _serve_where_it_is(service: Any, operations: tuple[str, ...], resource_of: Any) -> None:
    handle = service.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> Any:
        arn = str(resource_of(_request(body)) or "")
        operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if operation not in operations or not resource_owners.is_foreign(arn, get_account_id()):
            return await handle(method, path, headers, body, query)
        with resource_owners.in_account_of(arn):
            return await handle(method, path, headers, body, query)

    service.handle_request = handle_request


def _request(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}
