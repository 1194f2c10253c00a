"""What an error of AWS says: its code, and whether to try again."""

from botocore.exceptions import BotoCoreError, ClientError

# Asking too often answers 400, and each service has its own name for it.
_BUSY = ("RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException")


def error_code(error: ClientError) -> str:
    """Return AWS's name for an error; empty if it gave none."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_passing(error: ClientError | BotoCoreError) -> bool:
    """Tell whether the same request may succeed later: AWS was busy, failed, or did not answer."""
    if not isinstance(error, ClientError):
        return True
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error_code(error) in _BUSY
