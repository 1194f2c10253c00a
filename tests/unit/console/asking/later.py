"""Threads that work when a test says so."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any


class Later(Executor):
    """Runs what was submitted when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []

    def submit(self, call: Any, /, *words: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, call, words))
        return future

    def run(self) -> None:
        """Do what waits."""
        waiting, self.waiting = self.waiting, []
        for future, call, words in waiting:
            future.set_result(call(*words))
