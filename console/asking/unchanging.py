"""What never changes once it is there, such as a file of a commit: it is read once."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_MOST_KEPT = 100
Thing = TypeVar("Thing")


@dataclass
class Unchanging(Generic[Thing]):
    """The things that were asked for last, for several threads."""

    most: int = _MOST_KEPT
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _things: OrderedDict[Hashable, Thing] = field(default_factory=OrderedDict)

    def get(self, key: Hashable, read: Callable[[], Thing | None]) -> Thing | None:
        """What is kept under a key, or what is read now; None is read again the next time."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        thing = read()
        if thing is not None:
            with self._lock:
                self._things[key] = thing
                if len(self._things) > self.most:
                    self._things.popitem(last=False)
        return thing
