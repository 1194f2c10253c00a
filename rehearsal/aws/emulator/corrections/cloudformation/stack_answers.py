"""The `cdk` CLI is answered when what it changes is over, if that ends within seconds.

CloudFormation answers at once, and so it does here to everybody else: who forgets to wait fails.
The CLI always waits, and looks again only every five seconds, which nothing sets. What is over when
its answer comes, it finds over at its first look.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from ministack.services import cloudformation

from rehearsal.aws.emulator.corrections.cloudformation.stack_roles import stack_of
from rehearsal.aws.emulator.service_requests import Request, Serve, serve_first

_CHANGES = ("CreateStack", "UpdateStack", "DeleteStack", "ExecuteChangeSet")
_CDK = "aws-cdk/"
_LONGEST_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.02


def apply() -> None:
    """Hold the answers to the CLI's changes."""
    serve_first(cloudformation, _serve_and_wait)


async def _serve_and_wait(request: Request, serve: Serve) -> Any:
    answer = await serve(request)
    asked = request.texts
    if _CDK in request.headers.get("user-agent", "") and asked.get("Action") in _CHANGES:
        stack = stack_of(asked)
        if stack is not None and answer[0] < 300:
            await _until_over(stack)
    return answer


async def _until_over(stack: dict[str, Any]) -> None:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)  # first of all: a deletion is yet to begin
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return
