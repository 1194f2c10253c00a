"""What the state of a stack means for the launched product whose stack it is."""

from __future__ import annotations

AVAILABLE, UNDER_CHANGE, GONE = "AVAILABLE", "UNDER_CHANGE", "GONE"
# "The stack has completed the requested operation but is not exactly what was requested."
TAINTED = "TAINTED"
# "The provisioned product exists but the stack is not running."
ERROR = "ERROR"
SUCCESSES = (AVAILABLE, GONE)

PROVISION = "PROVISION_PRODUCT"
UPDATE = "UPDATE_PROVISIONED_PRODUCT"
TERMINATE = "TERMINATE_PROVISIONED_PRODUCT"

_BY_STACK_STATUS = {
    "CREATE_COMPLETE": AVAILABLE,
    "CREATE_FAILED": ERROR,
    "ROLLBACK_COMPLETE": ERROR,
    "ROLLBACK_FAILED": ERROR,
    "UPDATE_COMPLETE": AVAILABLE,
    "UPDATE_FAILED": ERROR,
    "UPDATE_ROLLBACK_COMPLETE": TAINTED,
    "UPDATE_ROLLBACK_FAILED": ERROR,
    "DELETE_FAILED": ERROR,
}
_STARTED_WITH = {
    PROVISION: ("CREATE_", "ROLLBACK_"),
    UPDATE: ("UPDATE_",),
    TERMINATE: ("DELETE_",),
}


def status_after(kind: str, stack_status: str | None) -> str | None:
    """Status of a launched product after a request, or GONE; None while the request goes on.

    Args:
        kind: the record type, such as `PROVISION_PRODUCT`.
        stack_status: None when there is no such stack any more.
    """
    if stack_status is None or stack_status == "DELETE_COMPLETE":
        return GONE if kind == TERMINATE else ERROR
    if not stack_status.startswith(_STARTED_WITH[kind]):
        return None
    return _BY_STACK_STATUS.get(stack_status)
