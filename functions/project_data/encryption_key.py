"""Which key a project has, where the registration names one: that under which its objects lie.

An update chooses neither another key nor another kind of key, since objects stay under the key that
they were written with. What was answered before tells it, or for a project from before there was a
choice its bucket: neither a parameter's default nor what CloudFormation says that was before, which
a rollback turns round.
"""

from dataclasses import dataclass
from typing import Any

from invocation.aws_errors import AWS_ERRORS, AwsError, error_code, in_words, is_absent
from project_data.errors import KeyRefusedError

SHARED, OWN = "shared", "own"


@dataclass(frozen=True)
class KeyRequest:
    """What a project asks for.

    Attributes:
        bucket_name: of the project, which may not exist yet.
        wanted: `shared` or `own`.
        registered: what its version's registration said: `shared`, or the ARN of the company's key.
        stage_accounts: numbers of accounts that the key does not let in; empty for none.
    """

    bucket_name: str
    wanted: str
    registered: str
    stage_accounts: str


@dataclass(frozen=True)
class Registered:
    """The key of the registration as it is now; both are empty if it names none.

    Attributes:
        setting: `shared`, or the ARN of the company's own key.
        arn: of the key.
    """

    setting: str
    arn: str

    def named_by(self, setting: str) -> str:
        """ARN of the key that a project's version names; empty if nobody knows it any more."""
        if setting != SHARED:
            return setting
        return self.arn if self.setting == SHARED else ""


@dataclass(frozen=True)
class FoundKey:
    """The key that a project has: `shared` or `own`, and its ARN."""

    kind: str
    arn: str


def find_key(bucket_name: str, s3: Any, kms: Any) -> FoundKey | None:
    """Look at the bucket of a project; None for a new project, which has none.

    Raises:
        KeyRefusedError: AWS does not tell.
    """
    arn = _key_of(s3, bucket_name)
    if not arn:
        return None
    return FoundKey(OWN if _is_own(kms, arn, f"alias/{bucket_name}") else SHARED, arn)


def choose_key(request: KeyRequest, registered: Registered, has: FoundKey | None) -> FoundKey:
    """Return the key that a project asks for.

    Args:
        request: of the project. A rollback asks for what the version before named.
        registered: the key of new projects.
        has: the key that the project has; None for a new one.

    Raises:
        KeyRefusedError: the project has another key, or may not have this one.
    """
    named = registered.named_by(request.registered)
    if has is None:
        has = _new(request, named)
    if has.kind != request.wanted:
        raise _kept(request, has, f"update it with EncryptionKey={has.kind}")
    if has.kind == SHARED:
        if has.arn != named and named:
            raise _kept(request, has, f"register the template with KMS_KEY={has.arn} first")
        if request.stage_accounts:
            raise KeyRefusedError(
                "The key that projects share lets in no other account, so that StageAccounts must "
                "be empty: name your organization as PRINCIPAL_ORG_ID and register again, or leave "
                "out the accounts"
            )
    return has


def _new(request: KeyRequest, named: str) -> FoundKey:
    if request.wanted == OWN:
        raise KeyRefusedError(
            "A new project has no key of its own: launch it with EncryptionKey=shared"
        )
    if not named:
        raise KeyRefusedError(
            "This version of the template names a key that is not the registration's any more: "
            "launch the newest version"
        )
    return FoundKey(SHARED, named)


def _kept(request: KeyRequest, has: FoundKey, remedy: str) -> KeyRefusedError:
    whose = "of its own" if has.kind == OWN else "of the registration"
    return KeyRefusedError(
        f"The objects of {request.bucket_name} lie under the key {whose} {has.arn}, which the "
        f"project keeps: {remedy}"
    )


def _key_of(s3: Any, bucket_name: str) -> str:
    """ARN of the key of a bucket; empty if there is no bucket."""
    try:
        told = s3.get_bucket_encryption(Bucket=bucket_name)
    except AWS_ERRORS as error:
        if is_absent(error):
            return ""
        raise _untold(f"which key bucket {bucket_name} has", error) from None
    rules = told["ServerSideEncryptionConfiguration"]["Rules"]
    keys = (rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID") for rule in rules)
    return next((str(key) for key in keys if key), "")


def _is_own(kms: Any, key_arn: str, own_alias: str) -> bool:
    """Tell whether the alias of the project is the key's."""
    try:
        pages = kms.get_paginator("list_aliases").paginate(KeyId=key_arn)
        return any(alias["AliasName"] == own_alias for page in pages for alias in page["Aliases"])
    except AWS_ERRORS as error:
        if is_absent(error) or error_code(error) == "InvalidArnException":  # another account's
            return False
        raise _untold(f"whose the key {key_arn} is", error) from None


def _untold(what: str, error: AwsError) -> KeyRefusedError:
    return KeyRefusedError(f"AWS does not tell {what} ({in_words(error)}): do the same again")
