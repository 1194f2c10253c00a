"""When to try a request again, and after how long."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MAX_ATTEMPTS = 7
READY_WITHIN_SECONDS = 30.0
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 20.0
_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})


@dataclass(frozen=True)
class Backoff:
    """Exponential waits with full jitter; `random` returns a number in [0, 1)."""

    random: Callable[[], float]

    def wait_seconds(self, attempt: int) -> float:
        """Return the wait after the `attempt`-th try, counted from 1."""
        ceiling = min(_LONGEST_WAIT_SECONDS, math.ldexp(_FIRST_WAIT_SECONDS, attempt - 1))
        return ceiling * (0.1 + 0.9 * self.random())

    def spread_seconds(self, asked: float) -> float:
        """Return a wait of `asked` seconds or up to half as much longer.

        Many launches are told the same moment; they must not all come back at it.
        """
        return max(_FIRST_WAIT_SECONDS, asked) * (1.0 + 0.5 * self.random())


def is_transient(status: int) -> bool:
    """Tell whether the same request may succeed a moment later."""
    return status in _TRANSIENT_STATUSES


def rate_limit_wait_seconds(
    status: int, headers: Mapping[str, str], said: str, *, now: float
) -> float | None:
    """Return how long GitHub asks to wait, or None if this is no rate limit.

    Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    (API version 2022-11-28): 403 or 429; `retry-after` first, then `x-ratelimit-reset` when
    `x-ratelimit-remaining` is 0, else at least a minute for a secondary limit.
    """
    if status not in (403, 429):
        return None
    retry_after = headers.get("retry-after", "")
    if retry_after.isdigit():
        return float(retry_after)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(0.0, float(reset) - now) + 1.0
    if status == 429 or "rate limit" in said.lower():
        return 60.0
    return None
