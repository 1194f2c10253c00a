"""A request that changes a stack may be answered when the change is over, instead of before.

CloudFormation answers at once, and its callers look again every few seconds: the `cdk` CLI every
five, which nothing sets. What is over when the answer comes, they find over at their first look.
No answer says how far the change is, so none becomes untrue. Our own services call no request.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from ministack.services import cloudformation

from rehearsal.aws.emulator.corrections.cloudformation.stack_roles import stack_of
from rehearsal.aws.emulator.service_requests import Request, Serve, serve_first

_CHANGES = ("CreateStack", "UpdateStack", "DeleteStack", "ExecuteChangeSet")
_LOOK_AGAIN_SECONDS = 0.02


def apply(longest_seconds: float) -> None:
    """Answer when the change is over, or after so many seconds; 0: as CloudFormation, at once."""

    async def serve_and_wait(request: Request, serve: Serve) -> Any:
        answer = await serve(request)
        asked = request.texts
        stack = stack_of(asked) if asked.get("Action") in _CHANGES else None
        if stack is not None and answer[0] < 300:
            await _until_over(stack, longest_seconds)
        return answer

    serve_first(cloudformation, serve_and_wait)


async def _until_over(stack: dict[str, Any], longest_seconds: float) -> None:
    deadline = time.monotonic() + longest_seconds
    while time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)  # first of all: a deletion is yet to begin
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return
