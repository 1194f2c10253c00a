"""Does something over and over while something else is done."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeated_meanwhile(work: Callable[[], object], *, pause_seconds: float) -> Iterator[None]:
    """Repeat work in a thread of its own, with pauses between, as long as the context lasts."""
    ending = threading.Event()

    def go_on() -> None:
        while not ending.wait(pause_seconds):
            work()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
