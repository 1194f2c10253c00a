"""What can stop the clearing up of a project's data."""

from botocore.exceptions import ClientError

from invocation.aws_errors import error_code


class DataError(Exception):
    """Data of the project could not be cleared up."""


class OutOfTimeError(DataError):
    """There is more to delete than one invocation can."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The time did not suffice for {what}; delete the stack again, which goes "
            "on from there."
        )


class StepRefusedError(DataError):
    """AWS refused a step."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(
            f"AWS refused {what} ({why}); remove what it names, then delete the stack again."
        )


def is_absent(error: ClientError) -> bool:
    """Tell whether the thing that a call was about does not exist any more.

    SageMaker answers a plain ValidationException for what does not exist, told only by its text.
    """
    code = error_code(error)
    said = error.response.get("Error", {}).get("Message", "").lower()
    if code in ("NoSuchBucket", "NotFoundException", "ResourceNotFound", "404"):
        return True
    missing = ("does not exist", "not found", "cannot find", "could not find")
    return code in ("ValidationException", "ResourceNotFoundException") and any(
        words in said for words in missing
    )


def refused(what: str, error: ClientError) -> StepRefusedError:
    """Put a refusal into words."""
    said = error.response.get("Error", {}).get("Message")
    return StepRefusedError(what, f"{error_code(error)}: {said}")
