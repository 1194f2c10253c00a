"""What an error of AWS says about trying again."""

from botocore.exceptions import BotoCoreError, ClientError

# Asking too often answers 400, and each service has its own name for it.
_BUSY = ("RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException")


def is_passing(error: ClientError | BotoCoreError) -> bool:
    """Tell whether the same request may succeed later: AWS was busy, failed, or did not answer."""
    if not isinstance(error, ClientError):
        return True
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error.response.get("Error", {}).get("Code") in _BUSY
