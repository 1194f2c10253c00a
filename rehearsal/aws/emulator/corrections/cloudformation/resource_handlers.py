"""Wraps the handlers that MiniStack keeps per CloudFormation type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from ministack.services.cloudformation import provisioners

Handler = Callable[..., Any]
Properties = dict[str, Any]

# Where a handler has the properties that the resource is to have: a creation gets them after the
# logical id, an update after the physical id and the properties before.
_PROPERTIES = {"create": 1, "update": 2}


def original(cfn_type: str, action: str) -> Handler:
    """MiniStack's own handler; `action` is `create`, `update` or `delete`."""
    handler: Handler = provisioners._RESOURCE_HANDLERS[cfn_type][action]
    return handler


def replace(cfn_type: str, **handlers: Handler) -> None:
    """Put other handlers in the place of the named ones; the rest of the entry stays."""
    entry = provisioners._RESOURCE_HANDLERS[cfn_type]
    provisioners._RESOURCE_HANDLERS[cfn_type] = {**entry, **handlers}


def check_first(
    cfn_type: str,
    check: Callable[[Properties], None],
    actions: Iterable[str] = ("create", "update"),
) -> None:
    """Check what properties a resource is to have before MiniStack gives them to it.

    Args:
        cfn_type: such as `AWS::S3::Bucket`.
        check: raises with CloudFormation's reason to fail the resource.
        actions: `create`, `update` or both.
    """
    for action in actions:
        handler = partial(_check_and_handle, original(cfn_type, action), check, _PROPERTIES[action])
        replace(cfn_type, **{action: handler})


def _check_and_handle(handler: Handler, check: Any, position: int, *arguments: Any) -> Any:
    check(arguments[position])
    return handler(*arguments)


def then_set(cfn_type: str, settle: Callable[[str, Properties], None]) -> None:
    """Give a resource, by its name, what MiniStack's creation and update leave out."""
    for action, position in _PROPERTIES.items():
        handler = partial(_handle_and_settle, original(cfn_type, action), settle, position)
        replace(cfn_type, **{action: handler})


def _handle_and_settle(handler: Handler, settle: Any, position: int, *arguments: Any) -> Any:
    made = handler(*arguments)
    settle(made[0], arguments[position])
    return made
