"""The deletion of a stack by CloudFormation itself, with the role that deployed it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.aws_session import describe
from operations.errors import StackBusyError
from operations.stacks import find_stack
from operations.unregistration.errors import StackNotDeletedError, StackProtectedError

_PAUSE_SECONDS = 2.0
# The function of the product has twenty minutes for its part.
_ROUNDS = 900
_FAILED = "DELETE_FAILED"
# A change set that nobody executed; nothing goes on there.
_RESTING = "REVIEW_IN_PROGRESS"


@dataclass(frozen=True)
class StackDeletion:
    """Deletes a stack, whatever state it is in.

    Nothing is synthesized for this, and no role is passed: CloudFormation goes on with the one
    that it had last.

    Args:
        cloudformation: boto3 client.
        name: of the stack.
        sleep: waits for so many seconds.
    """

    cloudformation: Any
    name: str
    sleep: Callable[[float], None]

    def look(self) -> str:
        """What is to be done; empty if there is no such stack.

        Raises:
            StackProtectedError: somebody has to take the protection away.
        """
        stack = self.find()
        if stack is None:
            return ""
        if stack.get("EnableTerminationProtection"):
            raise StackProtectedError(self.name)
        status = stack["StackStatus"]
        if not is_busy(status):
            return f"delete the stack {self.name}"
        return f"wait for the end of {status} of the stack {self.name}, and delete it"

    def do(self, retained: Sequence[str] = ()) -> None:
        """Delete it and wait for its end.

        Args:
            retained: logical ids of what stays, of a stack whose deletion failed before.

        Raises:
            StackNotDeletedError: CloudFormation says why.
            StackBusyError: it takes too long.
        """
        if self.settled() is None:
            return
        kept = {"RetainResources": list(retained)} if retained else {}
        try:
            self.cloudformation.delete_stack(StackName=self.name, **kept)
        except ClientError as error:
            raise StackNotDeletedError(self.name, describe(error)) from None
        if self.settled() is not None:
            raise StackNotDeletedError(self.name, self._reason())

    def find(self) -> dict[str, Any] | None:
        """The stack; None if there is none."""
        return find_stack(self.cloudformation, self.name)

    def has_failed_before(self) -> bool:
        """Whether an earlier deletion came to no end."""
        stack = self.find()
        return stack is not None and stack["StackStatus"] == _FAILED

    def settled(self) -> dict[str, Any] | None:
        """The stack when nothing changes it any more."""
        for _ in range(_ROUNDS):
            stack = self.find()
            if stack is None or not is_busy(stack["StackStatus"]):
                return stack
            self.sleep(_PAUSE_SECONDS)
        raise StackBusyError(self.name)

    def _reason(self) -> str:
        """The first failure of the last deletion."""
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        reasons = []
        for event in events:  # the newest first
            of_stack = event["PhysicalResourceId"] == event["StackId"]
            if of_stack and event["ResourceStatus"] == "DELETE_IN_PROGRESS":
                break
            if event["ResourceStatus"] == _FAILED:
                why = event.get("ResourceStatusReason", "no reason")
                reasons.append(f"{event['LogicalResourceId']}: {why}")
        return reasons[-1] if reasons else "CloudFormation names no reason"


def is_busy(status: str) -> bool:
    """Whether CloudFormation works on a stack in this state."""
    return status.endswith("_IN_PROGRESS") and status != _RESTING
