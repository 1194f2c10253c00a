"""An asynchronous invocation that finds no free concurrency waits; no try is lost on it.

Lambda puts a throttled event back into the function's queue for as long as the event may live
(six hours unless the function says less) and counts only errors of the function against its tries.
Each of those errors counts in the metric that the alarms look at.
Source: Lambda developer guide, "Asynchronous invocation".
"""

from __future__ import annotations

import contextvars
import time
from typing import Any

from ministack.services import cloudwatch, lambda_svc

from rehearsal.aws.emulator.context import holding
from rehearsal.aws.emulator.wrapping import wrap

_QUEUE_SECONDS = 6 * 3600
_WAIT_SECONDS = 0.1
_queued: contextvars.ContextVar[bool] = contextvars.ContextVar("queued", default=False)


def apply() -> None:
    """Mark asynchronous invocations, and repeat those that were throttled."""
    wrap(_invoke_marked, "invoke_async_with_retry", lambda_svc)
    wrap(_execute_marked, "_execute_function", lambda_svc)


def _invoke_marked(invoke: Any, function: dict[str, Any], event: Any) -> None:
    with holding(_queued, True):
        invoke(function, event)  # starts a thread, which takes the mark along


def _execute_marked(execute: Any, function: dict[str, Any], event: Any) -> Any:
    if not _queued.get():
        return execute(function, event)
    with holding(_queued, False):  # until the next try of the same event
        return _execute_when_free(execute, function, event)


def _execute_when_free(execute: Any, function: dict[str, Any], event: Any) -> Any:
    gives_up_at = time.monotonic() + _QUEUE_SECONDS
    result = execute(function, event)
    while result.get("throttle") and time.monotonic() < gives_up_at:
        time.sleep(_WAIT_SECONDS)
        result = execute(function, event)
    if result.get("error"):
        name = (function.get("config") or function).get("FunctionName", "")
        cloudwatch.record_metric("AWS/Lambda", "Errors", 1, "Count", {"FunctionName": name})
    return result
