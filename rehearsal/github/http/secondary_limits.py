"""GitHub's secondary rate limits: how fast one user may write, and how much may run at once.

Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api. GitHub
counts points per endpoint and only content-generating requests against the first two limits; here
all of a user's REST requests share one account and every write generates content: never more
lenient, except that GitHub also has limits that it does not publish.
"""

import contextlib
import math
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rehearsal.github.core.errors import ForbiddenError

SECONDARY_LIMIT = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
POINTS_A_MINUTE = 900
CONCURRENT = 100
_WRITE_POINTS = 5
_MINUTE, _HOUR = 60.0, 3600.0
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class SecondaryLimitError(ForbiddenError):
    """Too fast; the answer's ``Retry-After`` says when the next request will be let in."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(SECONDARY_LIMIT)
        self.retry_after = max(1, math.ceil(wait_seconds))
        self.headers = {"Retry-After": str(self.retry_after)}


@dataclass(frozen=True, slots=True)
class ContentLimit:
    """Writes a minute and an hour; 0 lifts that limit, and both 0 that of the points too.

    Attributes:
        minute_seconds: how long the minute of the writes is; a short one scales a storm down.
    """

    minute: int = 80
    hour: int = 500
    minute_seconds: int = 60

    @classmethod
    def parse(cls, text: str) -> "ContentLimit":
        """Read ``MINUTE,HOUR`` or ``MINUTE,HOUR,SECONDS``.

        Raises:
            ValueError: it is something else.
        """
        minute, hour, *seconds = (int(part) for part in text.split(","))
        limit = cls(minute, hour, *seconds[:1])
        if len(seconds) > 1 or minute < 0 or hour < 0 or limit.minute_seconds < 1:
            raise ValueError("a limit is two numbers that are not negative, and seconds from 1")
        return limit

    def windows(self) -> tuple[tuple[int, float], ...]:
        """The limits that hold, each with the seconds in which so many writes are let in."""
        windows = ((self.minute, self.minute_seconds), (self.hour, _HOUR))
        return tuple((writes, seconds) for writes, seconds in windows if writes)


@dataclass(slots=True)
class _Account:
    """What one user did lately: times of writes, times of reads, requests that are under way."""

    writes: deque[float] = field(default_factory=deque)
    reads: deque[float] = field(default_factory=deque)
    running: int = 0


class SecondaryLimits:
    """Lets requests in, or says how long to wait; refused requests do not count."""

    def __init__(self, limit: ContentLimit, seconds: Callable[[], float]) -> None:
        self._limit = limit
        self._seconds = seconds
        self._accounts: dict[str, _Account] = {}
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def under_way(self, who: str) -> Iterator[None]:
        """Count a request as running, from its arrival to its answer."""
        with self._lock:
            account = self._account(who)
            account.running += 1
        try:
            yield
        finally:
            with self._lock:
                account.running -= 1

    def admit(self, who: str, method: str) -> None:
        """Count one request that is under way.

        Raises:
            SecondaryLimitError: it has to wait.
        """
        with self._lock:
            account, now, is_read = self._account(who), self._seconds(), method in _READS
            _forget(account.writes, now - _HOUR)
            _forget(account.reads, now - _MINUTE)
            free_at = self._free_at(account, is_read, now)
            if free_at > now:
                raise SecondaryLimitError(free_at - now)
            (account.reads if is_read else account.writes).append(now)

    def _account(self, who: str) -> _Account:
        return self._accounts.setdefault(who, _Account())

    def _free_at(self, account: _Account, is_read: bool, now: float) -> float:
        """The earliest time at which every limit lets the request in; now if they do already."""
        if account.running > CONCURRENT:
            return now + 1
        times = [now]
        if self._limit.windows():
            times.append(_points_free_at(account, 1 if is_read else _WRITE_POINTS, now))
        if not is_read:
            for limit, window in self._limit.windows():
                if len(account.writes) >= limit:
                    times.append(account.writes[-limit] + window)
        return max(times)


def _forget(times: deque[float], until: float) -> None:
    while times and times[0] <= until:
        times.popleft()


def _points_free_at(account: _Account, cost: int, now: float) -> float:
    spent = [(at, 1) for at in account.reads]
    spent += [(at, _WRITE_POINTS) for at in account.writes if at > now - _MINUTE]
    excess = sum(points for _, points in spent) + cost - POINTS_A_MINUTE
    free_at = now
    for at, points in sorted(spent):
        if excess <= 0:
            break
        excess -= points
        free_at = at + _MINUTE
    return free_at
