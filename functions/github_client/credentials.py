"""Reads the GitHub token from Secrets Manager."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from github_client.errors import (
    OwnerCredentialMissingError,
    TokenSecretError,
    TokenSecretGoneError,
    UnusableTokenError,
)
from github_client.stored_credential import StoredCredential, owner_of, parse_credential
from invocation.aws_errors import error_code, error_text, is_of_key, is_passing

# What a secret that is scheduled for deletion answers, and one in another unusable state.
_STATE = "InvalidRequestException"
_STORED_REMEDY = "store it again with `python -m operations credential add"
_KEY_REMEDY = "enable the secret's KMS key or let the function's role use it, and try again."


def read_token(secrets_manager: Any, secret_arn: str) -> str:
    """Return the bare token; it is read at each invocation so that a rotated one works at once.

    Raises:
        TokenSecretGoneError: the secret is deleted; on Delete there is nothing left to do.
        UnusableTokenError: it holds no usable token.
        TokenSecretError: it cannot be read.
    """
    if owner_of(secret_arn):
        token = read_stored(secrets_manager, secret_arn).token.strip()
    else:
        token = _read_text(secrets_manager, secret_arn).strip()
    if not token:
        raise UnusableTokenError(secret_arn, "it is empty")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise UnusableTokenError(secret_arn, "it holds characters that no token has")
    return token


def read_stored(secrets_manager: Any, secret_name: str) -> StoredCredential:
    """Return the credential that is stored for an owner, and who may use it.

    Raises:
        OwnerCredentialMissingError: there is none.
        UnusableTokenError: the secret holds something else.
        TokenSecretError: it cannot be read.
    """
    try:
        text = _read_text(secrets_manager, secret_name)
    except TokenSecretGoneError:
        raise OwnerCredentialMissingError(secret_name, owner_of(secret_name)) from None
    credential = parse_credential(text)
    if credential is None:
        remedy = f"{_STORED_REMEDY} {owner_of(secret_name)}`."
        raise UnusableTokenError(secret_name, "it holds something else", remedy=remedy)
    return credential


def _read_text(secrets_manager: Any, secret_arn: str) -> str:
    try:
        answer = secrets_manager.get_secret_value(SecretId=secret_arn)
    except ClientError as error:
        code = error_code(error) or "unknown error"
        if _is_gone(error):
            raise TokenSecretGoneError(secret_arn, "the secret is deleted") from None
        why = f"Secrets Manager answered {code}"
        if is_of_key(error):
            raise TokenSecretError(secret_arn, why, remedy=_KEY_REMEDY) from None
        raise TokenSecretError(secret_arn, why, is_passing=is_passing(error)) from None
    except BotoCoreError as error:
        raise TokenSecretError(secret_arn, type(error).__name__, is_passing=True) from None
    return str(answer.get("SecretString", ""))


def _is_gone(error: ClientError) -> bool:
    is_leaving = error_code(error) == _STATE and "deletion" in error_text(error)
    return is_leaving or error_code(error) == "ResourceNotFoundException"
