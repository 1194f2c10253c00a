"""Looks until something is there: often at first, then less, since a look costs both sides."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 1.0
_SHARE_OF_THE_WAIT = 0.1


def look_until_found(
    look: Callable[[], Found | None],
    *,
    seconds: float,
    longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Found | None:
    """Pause for a tenth of what was waited so far, and look again; None if the time is over.

    Args:
        look: gives what is there, None if it is not there yet.
        seconds: after which no further look is taken.
        longest_pause_seconds: for what is there for a moment only.
        clock: seconds that only grow.
        sleep: lets seconds pass.
    """
    began = clock()
    while (found := look()) is None:
        waited = clock() - began
        if waited > seconds:
            return None
        pause = max(SHORTEST_PAUSE_SECONDS, waited * _SHARE_OF_THE_WAIT)
        sleep(min(pause, longest_pause_seconds))
    return found
