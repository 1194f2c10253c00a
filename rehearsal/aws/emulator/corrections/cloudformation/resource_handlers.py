"""Wraps the handlers that MiniStack keeps per CloudFormation type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

Handler = Callable[..., Any]


def original(cfn_type: str, action: str) -> Handler:
    """MiniStack's own handler; `action` is `create`, `update` or `delete`."""
    handler: Handler = provisioners._RESOURCE_HANDLERS[cfn_type][action]
    return handler


def replace(cfn_type: str, **handlers: Handler) -> None:
    """Put other handlers in the place of the named ones; the rest of the entry stays."""
    entry = provisioners._RESOURCE_HANDLERS[cfn_type]
    provisioners._RESOURCE_HANDLERS[cfn_type] = {**entry, **handlers}
