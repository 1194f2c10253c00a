"""What never or seldom changes once it is there, such as a file of a commit: it is read once."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

_MOST_KEPT = 100
Thing = TypeVar("Thing")


@dataclass
class Unchanging:
    """The things that were asked for last, for several threads.

    Args:
        most: that are kept.
        good_for_seconds: after which one is read again; without end unless it may change.
        clock: seconds that only grow.
    """

    most: int = _MOST_KEPT
    good_for_seconds: float = math.inf
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _things: OrderedDict[Hashable, tuple[float, Any]] = field(default_factory=OrderedDict)

    def get(
        self,
        key: Hashable,
        read: Callable[[], Thing | None],
        is_whole: Callable[[Thing], bool] = lambda _: True,
    ) -> Thing | None:
        """What is kept under a key, or what is read now.

        None is read again the next time, and so is what is not whole.
        """
        began = self.clock()
        known: Thing | None = self._known(key, began)
        if known is not None:
            return known
        thing = read()
        if thing is not None and is_whole(thing):
            self._keep(key, thing, began)
        return thing

    def known(self, key: Hashable) -> Any:
        """What is kept under a key; None if nothing is, or for too long."""
        return self._known(key, self.clock())

    def keep(self, key: Hashable, thing: Any) -> None:
        """Keep a thing that was read just now."""
        self._keep(key, thing, self.clock())

    def _known(self, key: Hashable, now: float) -> Any:
        with self._lock:
            until, thing = self._things.get(key, (-math.inf, None))
            if now >= until:
                return None
            self._things.move_to_end(key)
            return thing

    def _keep(self, key: Hashable, thing: Any, now: float) -> None:
        with self._lock:
            self._things[key] = (now + self.good_for_seconds, thing)
            self._things.move_to_end(key)
            if len(self._things) > self.most:
                self._things.popitem(last=False)
