"""A stack that was changing when the server ended is failed afterwards, so that it can be deleted.

CloudFormation never stops in the middle. This server can, and nothing would ever go on.
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation

from rehearsal.aws.emulator.wrapping import wrap

_REASON = "The server was stopped during the operation; delete the stack or update it again."
_FAILED = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "UPDATE_IN_PROGRESS": "UPDATE_FAILED",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
}


def apply() -> None:
    """Look through the stacks when they are loaded."""
    wrap(_load_and_fail, "load_persisted_state", cloudformation)


def _load_and_fail(load: Any, data: dict[str, Any]) -> None:
    load(data)
    table = cloudformation._stacks._data
    for key, stack in list(dict.items(table)):  # not its own way, which touches all
        status = _FAILED.get(stack["StackStatus"])
        if status:
            table[key] = {**stack, "StackStatus": status, "StackStatusReason": _REASON}
