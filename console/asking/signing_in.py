"""Credentials that end while a page is open: how AWS says so, and what a person does then."""

import os
from collections.abc import Mapping

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    SSOError,
    TokenRetrievalError,
)

# What AWS answers once the credentials of a session have ended, or were taken away.
_CODES = frozenset(
    {
        *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"),
        *("InvalidClientTokenId", "UnrecognizedClientException"),
        *("InvalidAccessKeyId", "InvalidToken"),
    }
)
# What boto3 says before it asks AWS anything.
_UNASKED = (CredentialRetrievalError, NoCredentialsError, SSOError, TokenRetrievalError)
SIGN_IN = (
    "The AWS credentials have expired; sign in again, for example by `aws sso login`, and this "
    "page goes on by itself."
)
START_ANEW = (
    "The AWS credentials of AWS_ACCESS_KEY_ID have expired, and no new ones reach a program that "
    "runs; set new ones, and start the console again."
)


class OtherAccountError(BotoCoreError):  # type: ignore[misc] # botocore has no types
    """Somebody signed in anew, and not to the account that is shown."""

    fmt = (
        "The AWS credentials are of {now} by now, and this console was started for {shown}; sign "
        "in to {shown} again, or start the console anew."
    )


def has_expired(error: ClientError | BotoCoreError) -> bool:
    """Whether new credentials would help."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code") in _CODES
    return isinstance(error, (*_UNASKED, OtherAccountError))


def sign_in(error: ClientError | BotoCoreError, environment: Mapping[str, str] = os.environ) -> str:
    """What is to be done, a sentence: boto3 prefers keys of the environment to those of files."""
    if isinstance(error, OtherAccountError):
        return str(error)
    return START_ANEW if environment.get("AWS_ACCESS_KEY_ID") else SIGN_IN
