"""What never changes once it is known need not be asked for again by whoever looks repeatedly."""

from collections.abc import Callable, Hashable
from typing import Any

# Given what tells a thing from others, and how it is read; None is never kept.
Keep = Callable[[Hashable, Callable[[], Any]], Any]


def ask_anew(_: Hashable, read: Callable[[], Any]) -> Any:
    """Keep nothing."""
    return read()
