"""Which key a project has, where the registration names one: that under which its objects lie.

An update may choose neither another key nor another kind of key, since objects stay under the key
that they were written with, and what is there tells it: neither a parameter's default nor what
CloudFormation says that was before, which a rollback turns round.
"""

from dataclasses import dataclass
from typing import Any

from invocation.aws_errors import AWS_ERRORS, error_code
from project_data.errors import KeyRefusedError, is_absent, refused

SHARED, OWN = "shared", "own"


@dataclass(frozen=True)
class KeyRequest:
    """What a project asks for.

    Attributes:
        bucket_name: of the project, which may not exist yet.
        wanted: `shared` or `own`.
        registered: what the registration said: `shared`, or the ARN of the company's own key.
        stage_accounts: numbers of accounts with commas between; empty for none.
    """

    bucket_name: str
    wanted: str
    registered: str
    stage_accounts: str


def choose_key(request: KeyRequest, s3: Any, kms: Any, registered_arn: str) -> str:
    """Return the ARN of the key that new projects share, if this one may have what it asks for.

    Args:
        request: of the project.
        s3: the boto3 client.
        kms: the boto3 client.
        registered_arn: of the registration's key.

    Raises:
        KeyRefusedError: it has another key, or may not have this one.
        DataError: AWS does not tell.
    """
    has = _key_of(s3, request.bucket_name)
    if request.wanted == OWN:
        _check_own(request, has, kms)
    elif has and has != registered_arn:
        raise _kept(request, has, kms)
    elif not registered_arn:
        raise KeyRefusedError(
            "The template's registration names no key for new projects any more: launch its newest "
            "version"
        )
    elif request.stage_accounts and request.registered == SHARED:
        raise KeyRefusedError(
            "The key that projects share lets in no other account, so that StageAccounts must be "
            "empty: name your organization as PRINCIPAL_ORG_ID and register again, or leave out "
            "the accounts"
        )
    return registered_arn


def _check_own(request: KeyRequest, has: str, kms: Any) -> None:
    if not has:
        raise KeyRefusedError(
            "A new project has no key of its own: launch it with EncryptionKey=shared"
        )
    if not _is_own(request, has, kms):
        raise KeyRefusedError(
            f"The objects of {request.bucket_name} lie under the key {has}, which is not the "
            "project's own: update it with EncryptionKey=shared"
        )


def _kept(request: KeyRequest, has: str, kms: Any) -> KeyRefusedError:
    remedy = (
        "update it with EncryptionKey=own"
        if _is_own(request, has, kms)
        else f"register the template with KMS_KEY={has} first"
    )
    return KeyRefusedError(
        f"The objects of {request.bucket_name} lie under the key {has}, which the project keeps: "
        f"{remedy}"
    )


def _key_of(s3: Any, bucket_name: str) -> str:
    """ARN of the key of a bucket; empty if there is no bucket."""
    try:
        told = s3.get_bucket_encryption(Bucket=bucket_name)
    except AWS_ERRORS as error:
        if is_absent(error):
            return ""
        raise refused(f"to tell the key of bucket {bucket_name}", error) from None
    rules = told["ServerSideEncryptionConfiguration"]["Rules"]
    keys = (rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID") for rule in rules)
    return next((str(key) for key in keys if key), "")


def _is_own(request: KeyRequest, key_arn: str, kms: Any) -> bool:
    """Tell whether the alias of the project, which is named like its bucket, is the key's."""
    own = f"alias/{request.bucket_name}"
    try:
        pages = kms.get_paginator("list_aliases").paginate(KeyId=key_arn)
        return any(alias["AliasName"] == own for page in pages for alias in page["Aliases"])
    except AWS_ERRORS as error:
        if is_absent(error) or error_code(error) == "InvalidArnException":  # another account's
            return False
        raise refused(f"to tell whose the key {key_arn} is", error) from None
