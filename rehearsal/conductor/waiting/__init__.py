"""Looks until something is there: often at first, then less, since a look costs both sides.

A wait lasts as long as something moves. What moves is seen by a watch, which also names the step
that runs; without one, what is waited for is all that can move.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

Found = TypeVar("Found")

SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 1.0
# A wait that is over by then costs no further request.
WATCH_PAUSE_SECONDS = 1.0
_SHARE_OF_THE_WAIT = 0.1


@dataclass(frozen=True)
class Sight:
    """What a watch saw.

    Attributes:
        step: what runs, for people; empty if nothing does.
        mark: differs from the last one whenever something has moved since.
    """

    step: str
    mark: Hashable


Watch = Callable[[], Sight | None]


def see_nothing() -> None:
    """Watch where nothing can be seen."""


def name_nothing(_step: str) -> None:
    """Name no step."""


class Stillness:
    """How long nothing has moved, and at which step.

    Args:
        seconds: how long nothing may move.
        watch: sees what moves; asked once a `WATCH_PAUSE_SECONDS`, and not at once.
        name_step: hears of the step that runs.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        seconds: float,
        *,
        watch: Watch = see_nothing,
        name_step: Callable[[str], None] = name_nothing,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds
        self.step = ""
        self._watch, self._name_step, self._clock = watch, name_step, clock
        self._moved = self._watched = clock()
        self._mark: Hashable = None

    def look(self) -> None:
        """Watch, if it is time for that."""
        if self._clock() - self._watched < WATCH_PAUSE_SECONDS:
            return
        sight = self._watch()
        self._watched = self._clock()
        if sight is None:
            return
        if sight.mark != self._mark:
            self._mark = sight.mark
            self.move()
        self.step = sight.step
        self._name_step(sight.step)

    def move(self) -> None:
        """Begin to count anew."""
        self._moved = self._clock()

    @property
    def is_over(self) -> bool:
        """Whether nothing has moved for too long."""
        return self._clock() - self._moved > self.seconds


def look_until_found(
    look: Callable[[], Found | None],
    *,
    seconds: float,
    longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Found | None:
    """Look for what nobody watches; None if it is not there after that many seconds."""
    still = Stillness(seconds, clock=clock)
    return look_until_still(
        look, still, longest_pause_seconds=longest_pause_seconds, clock=clock, sleep=sleep
    )


def look_until_still(
    look: Callable[[], Found | None],
    stillness: Stillness,
    *,
    longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Found | None:
    """Pause for a tenth of what was waited so far, and look again; None if nothing moves any more.

    Args:
        look: gives what is there, None if it is not there yet.
        stillness: tells when nothing has moved for too long.
        longest_pause_seconds: for what is there for a moment only.
        clock: seconds that only grow.
        sleep: lets seconds pass.
    """
    began = clock()
    while (found := look()) is None:
        stillness.look()
        if stillness.is_over:
            return None
        pause = max(SHORTEST_PAUSE_SECONDS, (clock() - began) * _SHARE_OF_THE_WAIT)
        sleep(min(pause, longest_pause_seconds))
    return found
