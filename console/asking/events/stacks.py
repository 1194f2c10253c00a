"""What of the stages' stacks CloudFormation could not do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from console.asking.events.event import STACK, Event, failure
from console.words.shown import segment

_CANCELLED = ("Resource creation cancelled", "Resource update cancelled")


def stack_events(cloudformation: Any, stack: str) -> Sequence[Mapping[str, Any]]:
    """The newest page of a stack's events; none if there is no such stack.

    Raises:
        ClientError: CloudFormation refused.
    """
    try:
        found: Sequence[Mapping[str, Any]] = cloudformation.describe_stack_events(StackName=stack)[
            "StackEvents"
        ]
    except ClientError as error:
        said = error.response.get("Error", {})
        if said.get("Code") == "ValidationError" and "does not exist" in said.get("Message", ""):
            return ()
        raise
    return found


def stack_failures(told: Sequence[Mapping[str, Any]], stage: str, here: str) -> Iterator[Event]:
    """What failed, but for what was given up because something else had failed."""
    for one in told:
        status, why = one.get("ResourceStatus", ""), one.get("ResourceStatusReason", "")
        if not status.endswith("_FAILED") or why.startswith(_CANCELLED):
            continue
        kind, name = one.get("ResourceType", "resource"), one.get("LogicalResourceId", "")
        what = f"Stack of {stage}: {status} of {name} ({kind})"
        yield failure(one["Timestamp"], STACK, what, why, f"{here}/stages/{segment(stage)}")
