"""Reads the GitHub token from Secrets Manager."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from github_client.errors import TokenSecretError, TokenSecretGoneError, UnusableTokenError
from invocation.aws_errors import error_code, is_passing

# InvalidRequestException is what a secret that is scheduled for deletion answers.
_GONE_CODES = ("ResourceNotFoundException", "InvalidRequestException")


def read_token(secrets_manager: Any, secret_arn: str) -> str:
    """Return the bare token; it is read at each invocation so that a rotated one works at once.

    Raises:
        TokenSecretGoneError: the secret is deleted; on Delete there is nothing left to do.
        UnusableTokenError: it holds no usable token.
        TokenSecretError: it cannot be read.
    """
    try:
        answer = secrets_manager.get_secret_value(SecretId=secret_arn)
    except ClientError as error:
        code = error_code(error) or "unknown error"
        if code in _GONE_CODES:
            raise TokenSecretGoneError(secret_arn, "the secret is deleted") from None
        why = f"Secrets Manager answered {code}"
        raise TokenSecretError(secret_arn, why, is_passing=is_passing(error)) from None
    except BotoCoreError as error:
        raise TokenSecretError(secret_arn, type(error).__name__, is_passing=True) from None
    token = str(answer.get("SecretString", "")).strip()
    if not token:
        raise UnusableTokenError(secret_arn, "it is empty")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise UnusableTokenError(secret_arn, "it holds characters that no token has")
    return token
