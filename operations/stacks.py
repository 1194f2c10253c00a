"""CloudFormation's answer to the question for a stack that may not be there."""

from typing import Any

from botocore.exceptions import ClientError

_ABSENT = "ValidationError"
_GONE = "DELETE_COMPLETE"


def find_stack(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """The stack as DescribeStacks tells of it; None if there is none, or no longer.

    Raises:
        ClientError: stacks may not be read.
    """
    try:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == _ABSENT:
            return None
        raise
    found: dict[str, Any] = stack
    return None if found["StackStatus"] == _GONE else found
