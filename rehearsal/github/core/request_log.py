"""What the local GitHub was asked: REST and git, the newest in memory, all in the server's log."""

import itertools
import logging
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LOG = logging.getLogger("rehearsal.github")
KEPT = 20_000


@dataclass(slots=True)
class AskedRequest:
    """One request; ``status`` stays None if it was never answered."""

    number: int
    method: str
    path: str
    query: str
    agent: str
    login: str | None
    status: int | None = None
    fault: str | None = None
    seconds: float | None = None

    def shown(self) -> dict[str, Any]:
        """As ``GET /_rehearsal/requests`` lists it."""
        return {name: getattr(self, name) for name in self.__slots__}


class RequestLog:
    """Numbers requests from 1 and keeps the last ``KEPT``."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._numbers = itertools.count(1)
        self._kept: deque[AskedRequest] = deque(maxlen=KEPT)
        self._began: dict[int, float] = {}

    def begin(
        self, method: str, path: str, query: str, agent: str, login: str | None
    ) -> AskedRequest:
        """Note a request at its arrival, so that one without an answer is seen too."""
        asked = AskedRequest(next(self._numbers), method, path, query, agent, login)
        self._kept.append(asked)
        self._began[asked.number] = self._seconds()
        return asked

    def end(self, asked: AskedRequest, location: str = "") -> None:
        """Note that a request is over; ``location`` is the address of what it made."""
        asked.seconds = round(self._seconds() - self._began.pop(asked.number), 6)
        outcome = asked.status or "unanswered"
        fault = f" fault {asked.fault}" if asked.fault else ""
        made = f" {location}" if location else ""
        LOG.info("%s %s %s%s%s", asked.method, asked.path, outcome, made, fault)

    def listed(self, *, agent: str = "", since: int = 0) -> list[AskedRequest]:
        """Requests after number ``since`` whose User-Agent matches, oldest first."""
        pattern = re.compile(agent)
        return [a for a in self._kept if a.number > since and pattern.search(a.agent)]

    def clear(self) -> None:
        """Forget them; numbers go on."""
        self._kept.clear()
