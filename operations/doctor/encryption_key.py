"""The company's own KMS key, which `KMS_KEY` names: whether projects can use it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from operations.aws_session import Identity
from operations.company_settings import SHARED_KEY
from operations.doctor.policy_values import as_list
from operations.findings import Finding

ABOUT = "KMS key"
_STATEMENTS = "with the statements that docs/platform-engineer/settings.md shows"
_ABSENT = ("NotFoundException", "InvalidArnException")


def look_at_key(
    kms: Any, setting: str, who: Identity, studio_roles: Callable[[], tuple[str, ...]]
) -> Iterator[Finding]:
    """Look at the key, and at its policy where that may be read.

    Args:
        kms: the boto3 client.
        setting: what `KMS_KEY` says.
        who: whose account it is.
        studio_roles: finds the ARNs of the roles whose users may have projects.
    """
    if setting == SHARED_KEY:
        yield Finding("ok", ABOUT, "The registration makes one key, which new projects share.")
        return
    try:
        key = kms.describe_key(KeyId=setting)["KeyMetadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in _ABSENT:
            raise
        sentence = f"KMS_KEY names {setting}, which does not exist; name a key that does."
        yield Finding("fails", ABOUT, sentence)
        return
    wrong = _what_is_wrong(key)
    if wrong:
        yield Finding("fails", ABOUT, f"KMS_KEY names {setting}, which {wrong}.")
        return
    yield Finding("ok", ABOUT, f"{setting} is enabled, and encrypts what projects have.")
    yield from _policy(kms, setting, who, studio_roles)


def _what_is_wrong(key: Mapping[str, Any]) -> str:
    if key["KeyState"] != "Enabled":
        return f"is {key['KeyState']}; enable it, or name another key"
    if key.get("KeySpec") != "SYMMETRIC_DEFAULT" or key["KeyUsage"] != "ENCRYPT_DECRYPT":
        return "is no symmetric key for encryption, as S3 needs one; name another key"
    if key["KeyManager"] != "CUSTOMER":
        return "is AWS's own, whose policy nobody can change; name a key of your company"
    return ""


def _policy(
    kms: Any, key_arn: str, who: Identity, studio_roles: Callable[[], tuple[str, ...]]
) -> Iterator[Finding]:
    text = kms.get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"]
    root = f"arn:{who.partition}:iam::{who.account}:root"
    statements = json.loads(text)["Statement"]
    if not any(_leaves_to_iam(statement, root, who.account) for statement in statements):
        yield Finding(
            "fails",
            ABOUT,
            f"The policy of {key_arn} does not leave it to IAM who of {who.account} uses the key, "
            f"so that no role of a project may; complete it {_STATEMENTS}.",
        )
    unnamed = [role for role in studio_roles() if f'"{role}"' not in text]
    for role in unnamed:
        yield Finding(
            "fails",
            ABOUT,
            f"The policy of {key_arn} does not name {role}, whose users in Studio could then put "
            f"no data into their projects; complete it {_STATEMENTS}.",
        )


def _leaves_to_iam(statement: Mapping[str, Any], root: str, account: str) -> bool:
    principal = statement.get("Principal")
    names = as_list(principal.get("AWS") if isinstance(principal, dict) else principal)
    actions = as_list(statement.get("Action"))
    is_wide = any(action in ("kms:*", "*", "kms:Decrypt") for action in actions)
    return statement["Effect"] == "Allow" and is_wide and not {root, account}.isdisjoint(names)
