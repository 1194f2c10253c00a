"""GitHub is away: what a request meets while it lasts, on the stage's clock."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import urllib3

from tests.killed_function import FunctionKilled

_FUNCTION_SECONDS = 900.0
KINDS = ("refused", "silent", "reset", "503")


@dataclass
class Outage:
    """Begins with the `nth` request from when it is set, and lasts for a time.

    Attributes:
        kind: one of `KINDS`; or `not JSON`, which is no outage but somebody else's page.
        seconds: how long.
        nth: the first request that meets it.
        death_after: seconds after which a request hangs until Lambda ends the function, once.
        ends_at: on the clock, once it has begun.
    """

    kind: str
    seconds: float
    nth: int = 1
    death_after: float = math.inf
    seen: int = 0
    ends_at: float = 0.0

    def meets(self, now: float) -> bool:
        """Count a request, and tell whether GitHub is away."""
        self.seen += 1
        if self.seen == self.nth:
            self.ends_at = now + self.seconds
        return now < self.ends_at

    def answer(
        self, url: str, now: float, advance: Callable[[float], None], options: dict[str, Any]
    ) -> urllib3.HTTPResponse:
        """Be what a request meets; silence takes its time."""
        pool: Any = None
        if now >= self.ends_at - self.seconds + self.death_after:
            self.death_after = math.inf
            advance(_FUNCTION_SECONDS)
            raise FunctionKilled(url)
        if self.kind == "refused":
            raise urllib3.exceptions.NewConnectionError(pool, "Connection refused")
        if self.kind == "reset":
            raise urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104))
        if self.kind == "silent":
            advance(options["timeout"].read_timeout)
            raise urllib3.exceptions.ReadTimeoutError(pool, url, "Read timed out.")
        page = b"<html>unicorn</html>"
        return urllib3.HTTPResponse(page, status=200 if self.kind == "not JSON" else 503)
