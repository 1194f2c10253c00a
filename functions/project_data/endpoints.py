"""Deletes the stacks with a project's endpoints, which the project's own stack knows nothing of.

CloudFormation deletes each with the role that it was made with. A deletion that is already under
way is awaited; one that failed is asked for once more; a stack that is gone is passed over.
"""

from typing import Any

from cloudformation_response.stacks import find_stack
from invocation.aws_errors import AWS_ERRORS
from invocation.deadline import Deadline
from project_data.errors import OutOfTimeError, StepRefusedError, refused

_POLL_SECONDS = 5.0


def remove_endpoints(cloudformation: Any, stack_names: tuple[str, ...], deadline: Deadline) -> str:
    """Delete the stacks and wait until they are gone.

    Returns:
        One sentence that says what was deleted.

    Raises:
        OutOfTimeError: one is still there; repeating goes on from there.
        StepRefusedError: one cannot be deleted.
    """
    removed = [name for name in stack_names if _remove(cloudformation, name, deadline)]
    if not removed:
        return "No endpoint was left."
    return f"The endpoint of stack {', '.join(removed)} was deleted."


def _remove(cloudformation: Any, name: str, deadline: Deadline) -> bool:
    """Delete one stack; tell whether it was there."""
    stack = _describe(cloudformation, name)
    if stack is None:
        return False
    stack_id = stack["StackId"]
    asked = False
    while stack is not None and stack["StackStatus"] != "DELETE_COMPLETE":
        status = stack["StackStatus"]
        if asked and status == "DELETE_FAILED":
            raise StepRefusedError(f"to delete stack {name}", stack.get("StackStatusReason", ""))
        if not status.endswith("_IN_PROGRESS"):
            asked = True
            _delete(cloudformation, name)
        if not deadline.allows(_POLL_SECONDS):
            raise OutOfTimeError(f"deleting the endpoint's stack {name}, which is {status}")
        deadline.sleep(_POLL_SECONDS)
        stack = _describe(cloudformation, stack_id)
    return True


def _describe(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        return find_stack(cloudformation, name)
    except AWS_ERRORS as error:
        raise refused(f"to look at stack {name}", error) from None


def _delete(cloudformation: Any, name: str) -> None:
    try:
        cloudformation.delete_stack(StackName=name)
    except AWS_ERRORS as error:
        raise refused(f"to delete stack {name}", error) from None
