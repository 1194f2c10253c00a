"""Calls of AWS that outlast what passes by itself, within the deadline of the invocation.

boto3 tries a call five times within seconds. Here a call that AWS was too busy for, failed at or
did not answer is made again, with growing pauses, for as long as there is time. So a call that was
applied although its answer was lost is made twice: whoever calls takes "it is there already" and
"it is gone" for what they are.
"""

import functools
import logging
import math
from collections.abc import Callable
from typing import Any

from invocation.aws_errors import AWS_ERRORS, is_passing
from invocation.deadline import Deadline

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 20.0

_log = logging.getLogger(__name__)


class Outlasting:
    """A boto3 client whose calls, those for the pages of a list included, are made until done.

    Args:
        client: any client of boto3.
        deadline: no pause goes beyond it; then the last error is raised.
        random: jitter in [0, 1).
    """

    def __init__(self, client: Any, deadline: Deadline, random: Callable[[], float]) -> None:
        self._client = client
        self._deadline = deadline
        self._random = random

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._client, name)
        return functools.partial(self._outlast, name, member) if callable(member) else member

    def get_paginator(self, operation: str) -> Any:
        """Return the client's paginator; it asks for each page by this object's method."""
        return type(self._client).get_paginator(self, operation)

    def _outlast(self, name: str, call: Callable[..., Any], *args: Any, **request: Any) -> Any:
        attempt = 0
        while True:
            try:
                return call(*args, **request)
            except AWS_ERRORS as error:
                attempt += 1
                pause = self._pause_seconds(attempt)
                if not is_passing(error) or not self._deadline.allows(pause):
                    raise
                _log.warning("%s: next try in %.1f s: %s", name, pause, error)
            self._deadline.sleep(pause)

    def _pause_seconds(self, attempt: int) -> float:
        ceiling = math.ldexp(_FIRST_PAUSE_SECONDS, min(attempt - 1, 10))
        return min(_LONGEST_PAUSE_SECONDS, ceiling) * (0.1 + 0.9 * self._random())
