"""What an error of AWS says: its code, whether to try again, and whether a key is the cause."""

from typing import TypeAlias

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

# Asking too often or too slowly answers 400, and each service has its own name for it.
_BUSY = (
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
)
# What services answer when the KMS key behind something is disabled or about to be deleted.
_KEY_UNUSABLE = (
    "DecryptionFailure",
    "DisabledException",
    "KMS.DisabledException",
    "KMSDisabledException",
    "KMS.KMSInvalidStateException",
    "KMSInvalidStateException",
)
_DENIED = ("AccessDenied", "AccessDeniedException", "KMSAccessDeniedException")
# What services answer when a thing does not exist; SageMaker and others tell it by text alone.
_ABSENT = ("NoSuchBucket", "NoSuchUpload", "NotFoundException", "ResourceNotFound", "404")
_TOLD_BY_TEXT = ("ValidationException", "ResourceNotFoundException")
_MISSING = ("does not exist", "not found", "cannot find", "could not find")


AWS_ERRORS = (ClientError, BotoCoreError)
AwsError: TypeAlias = ClientError | BotoCoreError


def error_code(error: AwsError) -> str:
    """Return AWS's name for an error, empty if it gave none; without an answer boto3's name."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def error_text(error: AwsError) -> str:
    """Return AWS's words for an error; empty if it gave none."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Message", ""))
    return ""


def in_words(error: AwsError) -> str:
    """Return code and words of an error, as `AccessDenied: no right`."""
    return ": ".join(filter(None, [error_code(error), error_text(error)]))


def is_passing(error: AwsError) -> bool:
    """Tell whether the same request may succeed later: AWS was busy, failed, or did not answer."""
    if isinstance(error, ParamValidationError):
        return False
    if not isinstance(error, ClientError):
        return True
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error_code(error) in _BUSY


def is_of_key(error: AwsError) -> bool:
    """Tell whether a KMS key that is disabled, or may not be used, is the cause."""
    names_kms = any(word in error_text(error).lower() for word in ("kms", "ciphertext"))
    code = error_code(error)
    return code in _KEY_UNUSABLE or (code in _DENIED and names_kms)


def is_absent(error: AwsError) -> bool:
    """Tell whether the thing that a call was about does not exist any more."""
    code, text = error_code(error), error_text(error).lower()
    return code in _ABSENT or (code in _TOLD_BY_TEXT and any(words in text for words in _MISSING))
