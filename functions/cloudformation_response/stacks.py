"""Looks at stacks: that of a custom resource, and those that it acts for."""

from typing import Any

from invocation.aws_errors import AWS_ERRORS, error_text

_ROLLBACKS = ("ROLLBACK_", "UPDATE_ROLLBACK_")


def find_stack(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """Return a stack by its name or id; None if there is none.

    Raises:
        ClientError: AWS refused.
        BotoCoreError: AWS did not answer.
    """
    try:
        stacks: list[dict[str, Any]] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except AWS_ERRORS as error:
        if "does not exist" in error_text(error):
            return None
        raise
    return stacks[0]


def is_rolling_back(cloudformation: Any, stack_id: str) -> bool:
    """Tell whether a launch or an update failed and is taken back.

    Raises:
        ClientError: AWS refused.
        BotoCoreError: AWS did not answer.
    """
    stack = find_stack(cloudformation, stack_id)
    return stack is not None and stack["StackStatus"].startswith(_ROLLBACKS)
