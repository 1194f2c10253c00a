"""An update that went through cleans up afterwards, in a status of its own; until then it stays.

What was replaced or left out of the template is deleted when everything new is there, while the
stack is `UPDATE_COMPLETE_CLEANUP_IN_PROGRESS`; each deletion has its events. A stack that is being
updated is not deleted. A rollback has a clean-up too, to which it does not come while a resource
cannot be changed back: what is new stays, for that resource may need it.
Source: CloudFormation user guide, "Stack status codes" and "View stack events"; the refusal's words
as users report them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks
from ministack.services.cloudformation.helpers import _error

from rehearsal.aws.emulator.corrections.cloudformation.stack_roles import stack_of
from rehearsal.aws.emulator.wrapping import wrap

_CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
_STACK = "AWS::CloudFormation::Stack"


def apply() -> None:
    """Begin the clean-up when the outputs are known, tell of each deletion, refuse others."""
    delete_stack = handlers._ACTION_HANDLERS["DeleteStack"]
    handlers._ACTION_HANDLERS["DeleteStack"] = partial(_delete_at_rest, delete_stack)
    wrap(_resolve_and_begin_cleanup, "_resolve_stack_outputs", stacks)
    wrap(_delete_with_events, "_delete_resource", stacks)


def _resolve_and_begin_cleanup(resolve_outputs: Any, *arguments: Any) -> Any:
    found = resolve_outputs(*arguments)
    stack_name, stack_id = arguments[-2:]
    stack = cloudformation._stacks.get(stack_name, {})
    if stack.get("StackStatus") == "UPDATE_IN_PROGRESS":
        stack["StackStatus"] = _CLEANUP
        stacks._add_event(stack_id, stack_name, stack_name, _STACK, _CLEANUP, "", stack_id)
    return found


def _delete_with_events(
    delete_resource: Any,
    resource_type: str,
    physical_id: str,
    props: dict[str, Any],
    stack_name: str,
    logical_id: str,
) -> Any:
    stack = cloudformation._stacks.get(stack_name, {})
    if _is_stuck(stack):
        raise RuntimeError("The rollback has not come to its clean-up.")
    if stack.get("StackStatus") != _CLEANUP:
        return delete_resource(resource_type, physical_id, props, stack_name, logical_id)
    about = (stack["StackId"], stack_name, logical_id, resource_type)
    stacks._add_event(*about, "DELETE_IN_PROGRESS", "", physical_id)
    done = delete_resource(resource_type, physical_id, props, stack_name, logical_id)
    stacks._add_event(*about, "DELETE_COMPLETE", "", physical_id)
    return done


def _delete_at_rest(delete_stack: Any, parameters: dict[str, Any]) -> Any:
    given = parameters.get("StackName", "")
    stack = stack_of({"StackName": given[0] if isinstance(given, list) else given})
    status = stack["StackStatus"] if stack else ""
    if stack and status.startswith("UPDATE_") and status.endswith("_IN_PROGRESS"):
        message = f"Stack [{stack['StackName']}] cannot be deleted while in status {status}"
        return _error("ValidationError", message)
    return delete_stack(parameters)


def _is_stuck(stack: dict[str, Any]) -> bool:
    """Whether a rollback deletes without its clean-up: then a resource was not changed back.

    What a rollback left undone is noted when it ends, and is what the next one begins with.
    """
    is_rolling_back = stack.get("StackStatus") == "UPDATE_ROLLBACK_IN_PROGRESS"
    return is_rolling_back and "_rollback_failed" not in stack
