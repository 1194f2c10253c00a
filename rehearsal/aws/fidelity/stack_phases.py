"""An update that went through cleans up afterwards, in a status of its own.

What was replaced or left out of the template is deleted when everything new is there, while the
stack is `UPDATE_COMPLETE_CLEANUP_IN_PROGRESS`; each deletion has its events.
Source: CloudFormation user guide, "Stack status codes" and "View stack events".
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

_CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
_STACK = "AWS::CloudFormation::Stack"


def apply() -> None:
    """Begin the clean-up when the outputs are known, and tell of each deletion in it."""
    resolve_outputs = stacks._resolve_stack_outputs
    delete_resource = stacks._delete_resource

    def resolve_and_begin_cleanup(*arguments: Any) -> Any:
        found = resolve_outputs(*arguments)
        stack_name, stack_id = arguments[-2:]
        stack = cloudformation._stacks.get(stack_name, {})
        if stack.get("StackStatus") == "UPDATE_IN_PROGRESS":
            stack["StackStatus"] = _CLEANUP
            stacks._add_event(stack_id, stack_name, stack_name, _STACK, _CLEANUP, "", stack_id)
        return found

    def delete_with_events(
        resource_type: str,
        physical_id: str,
        props: dict[str, Any],
        stack_name: str,
        logical_id: str,
    ) -> Any:
        stack = cloudformation._stacks.get(stack_name, {})
        if stack.get("StackStatus") != _CLEANUP:
            return delete_resource(resource_type, physical_id, props, stack_name, logical_id)
        about = (stack["StackId"], stack_name, logical_id, resource_type)
        stacks._add_event(*about, "DELETE_IN_PROGRESS", "", physical_id)
        done = delete_resource(resource_type, physical_id, props, stack_name, logical_id)
        stacks._add_event(*about, "DELETE_COMPLETE", "", physical_id)
        return done

    stacks._resolve_stack_outputs = resolve_and_begin_cleanup
    stacks._delete_resource = delete_with_events
