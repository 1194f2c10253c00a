"""DescribeStacks tells the role as which CloudFormation works on a stack, if it was given one.

Source: CloudFormation API reference, data type Stack, `RoleARN`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

_ACTION = "DescribeStacks"
_ID = re.compile(r"<StackId>([^<]+)</StackId>")


def apply() -> None:
    """Add the role behind the id of each stack."""
    describe = handlers._ACTION_HANDLERS[_ACTION]
    handlers._ACTION_HANDLERS[_ACTION] = partial(_describe_with_roles, describe)


def _describe_with_roles(describe: Any, params: dict[str, Any]) -> Any:
    status, headers, body = describe(params)
    stacks = cloudformation._stacks.values()
    roles = {stack["StackId"]: stack.get("RoleARN", "") for stack in stacks}

    def with_role(found: re.Match[str]) -> str:
        role = roles.get(found[1], "")
        return f"{found[0]}<RoleARN>{escape(role)}</RoleARN>" if role else found[0]

    return status, headers, _ID.sub(with_role, body.decode()).encode()
