"""What the state of a stack means for the launched product whose stack it is."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.aws.catalog.stacks import StackState


@dataclass(frozen=True)
class Outcome:
    """The end of a launch, an update or a termination.

    Attributes:
        record_status: of the request.
        status: of the launched product afterwards; without meaning when it is gone.
    """

    record_status: str
    status: str
    gone: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether what was asked for was done."""
        return self.record_status == "SUCCEEDED"


_DONE = Outcome("SUCCEEDED", "AVAILABLE")
# "The stack has completed the requested operation but is not exactly what was requested."
_TAINTED = Outcome("FAILED", "TAINTED")
# "The provisioned product exists but the stack is not running."
_ERROR = Outcome("FAILED", "ERROR")
_GONE = Outcome("SUCCEEDED", "", gone=True)

_BY_STACK_STATUS = {
    "CREATE_COMPLETE": _DONE,
    "CREATE_FAILED": _ERROR,
    "ROLLBACK_COMPLETE": _ERROR,
    "ROLLBACK_FAILED": _ERROR,
    "UPDATE_COMPLETE": _DONE,
    "UPDATE_FAILED": _ERROR,
    "UPDATE_ROLLBACK_COMPLETE": _TAINTED,
    "UPDATE_ROLLBACK_FAILED": _ERROR,
    "DELETE_FAILED": _ERROR,
}
_STARTED_WITH = {
    "PROVISION_PRODUCT": ("CREATE_", "ROLLBACK_"),
    "UPDATE_PROVISIONED_PRODUCT": ("UPDATE_",),
    "TERMINATE_PROVISIONED_PRODUCT": ("DELETE_",),
}


def outcome(kind: str, stack: StackState | None) -> Outcome | None:
    """How a request ended; None while it goes on.

    Args:
        kind: the record type, such as `PROVISION_PRODUCT`.
        stack: None when there is no such stack any more.
    """
    terminating = kind == "TERMINATE_PROVISIONED_PRODUCT"
    if stack is None or stack.status == "DELETE_COMPLETE":
        return _GONE if terminating else _ERROR
    if not stack.status.startswith(_STARTED_WITH[kind]):
        return None
    return _BY_STACK_STATUS.get(stack.status)
