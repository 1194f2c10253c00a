"""Lambda entry: what is looked at once a day, by one function with one schedule.

The schedule has a target for each look, so that neither waits for the other or fails with it.
"""

from typing import Any

from daily_look.idle_endpoints import look_at_endpoints
from invocation.deadline import LambdaContext
from invocation.toolbox import process_toolbox
from token_check.handler import check_tokens

_KEY, _ENDPOINTS = "Look", "endpoints"


def handle(event: dict[str, Any], context: LambdaContext) -> str:
    """Look at the endpoints if the event says so, or else at tokens."""
    look = look_at_endpoints if event.get(_KEY) == _ENDPOINTS else check_tokens
    return look(event, context, process_toolbox())
