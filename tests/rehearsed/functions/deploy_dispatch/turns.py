"""Several invocations at once, one step at a time: a schedule that can be repeated.

Each process is a thread that only runs while it has the turn. It gives the turn back before each
request that it makes and when it sleeps; who is next is drawn. Time moves when all are asleep.
"""

import random
import threading
from collections.abc import Callable

from rehearsal.tests.github.in_process_github import SettableClock

_TICK = 1e-6  # what the clock can resolve


class _Process:
    def __init__(self, work: Callable[[], None], wakes_at: float) -> None:
        self.wakes_at = wakes_at
        self.turn = threading.Semaphore(0)
        self.back = threading.Semaphore(0)
        self.is_done = False
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, args=(work,), daemon=True)

    def _run(self, work: Callable[[], None]) -> None:
        self.turn.acquire()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the test's thread
            self.failure = error
        self.is_done = True
        self.back.release()


class Turns:
    """Gives turns to processes until all have ended."""

    def __init__(self, clock: SettableClock, seed: int) -> None:
        self._clock = clock
        self._random = random.Random(seed)
        self._processes: list[_Process] = []
        self._current: _Process | None = None

    def start(self, work: Callable[[], None], *, after_seconds: float = 0.0) -> None:
        """Add a process; also while others run."""
        process = _Process(work, self._clock.seconds() + after_seconds)
        self._processes.append(process)
        process.thread.start()

    def run(self) -> None:
        """Run all of them to their ends.

        Raises:
            BaseException: the first failure of a process.
        """
        while waiting := [process for process in self._processes if not process.is_done]:
            now = self._clock.seconds()
            ready = [process for process in waiting if process.wakes_at <= now + _TICK]
            if not ready:
                rest = min(process.wakes_at for process in waiting) - now
                self._clock.advance(max(rest, _TICK))
                continue
            self._current = self._random.choice(ready)
            self._current.turn.release()
            self._current.back.acquire()
            if self._current.failure is not None:
                raise self._current.failure
        for process in self._processes:
            process.thread.join()
        self._current = None

    def sleep(self, seconds: float) -> None:
        """Sleep as the process that has the turn; outside of `run`, move the clock."""
        process = self._current
        if process is None:
            self._clock.advance(seconds)
            return
        process.wakes_at = self._clock.seconds() + seconds
        process.back.release()
        process.turn.acquire()

    def give_way(self) -> None:
        """Let another process go first."""
        self.sleep(0.0)
