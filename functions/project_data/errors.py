"""What can stop the clearing up of a project's data."""

from invocation.aws_errors import AwsError, in_words, is_of_key, is_passing


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

    def __init__(self, what: str, why: str, remedy: str = "remove what it names") -> None:
        super().__init__(f"AWS refused {what} ({why}); {remedy}, then delete the stack again.")


class KeyRefusedError(DataError):
    """A project would get another key than it has, or one that it may not have."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence}.")


class StepUndoneError(DataError):
    """AWS was too busy, failed or did not answer for as long as there was time."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(
            f"AWS was not able {what} ({why}); delete the stack again, which goes on from there."
        )


def refused(what: str, error: AwsError) -> DataError:
    """Put an error of AWS into words.

    Args:
        what: the step, as "to delete stack x".
        error: what came of it.
    """
    if is_passing(error):
        return StepUndoneError(what, in_words(error))
    if is_of_key(error):
        return StepRefusedError(what, in_words(error), "enable the KMS key that it needs")
    return StepRefusedError(what, in_words(error))
