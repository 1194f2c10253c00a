"""The lines of a program as they come, as long as it says something or something moves."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator

from rehearsal.conductor.waiting import Stillness


def lines_until_still(
    lines: Iterable[str],
    stillness: Stillness,
    give_up: Callable[[], None],
    *,
    pause_seconds: float = 1.0,
) -> Iterator[str]:
    """Give each line at once, and meanwhile look whether something moves.

    Args:
        lines: what the program prints; they end when it ends.
        stillness: each line begins its count anew.
        give_up: ends the program, and may raise; called once.
        pause_seconds: between two looks while no line comes.
    """
    come: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in lines:
            come.put(line)
        come.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = come.get(timeout=pause_seconds)
        except queue.Empty:
            stillness.look()
            if stillness.is_over:
                give_up()
                return
            continue
        if line is None:
            return
        stillness.move()
        yield line
