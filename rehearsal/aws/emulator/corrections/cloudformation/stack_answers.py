"""Who always waits for a stack is answered when its change is over, if that ends within seconds.

CloudFormation answers at once, and so it does here to everybody else: who forgets to wait fails.
The `cdk` CLI and the SDK's waiters always wait, and look again only every five seconds or more.
What is over when their answer comes, they find over at their first look.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from ministack.services import cloudformation

from rehearsal.aws.emulator.corrections.cloudformation.stack_roles import stack_of
from rehearsal.aws.emulator.service_requests import Request, Serve, serve_first

_CHANGES = ("CreateStack", "UpdateStack", "DeleteStack", "ExecuteChangeSet")
_CDK = "aws-cdk/"
# How botocore tells that a waiter asks: feature B among those of `m/` (botocore/useragent.py).
_WAITER = re.compile(r" m/(?:\w+,)*B\b")
_LONGEST_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.02


def apply() -> None:
    """Hold the answers to the CLI's changes and to the waiters' looks."""
    serve_first(cloudformation, _serve_and_wait)


async def _serve_and_wait(request: Request, serve: Serve) -> Any:
    asked, agent = request.texts, request.headers.get("user-agent", "")
    if asked.get("Action") == "DescribeStacks" and _WAITER.search(agent):
        await _until_over(stack_of(asked))
    answer = await serve(request)
    if asked.get("Action") in _CHANGES and _CDK in agent and answer[0] < 300:
        await _until_over(stack_of(asked))
    return answer


async def _until_over(stack: dict[str, Any] | None) -> None:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while stack is not None and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)  # first of all: a deletion is yet to begin
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return
