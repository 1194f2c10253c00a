"""A clock that a test sets."""

from __future__ import annotations


class Clock:
    """Seconds that only grow if the test lets them."""

    now = 100.0

    def __call__(self) -> float:
        """The present second."""
        return self.now
