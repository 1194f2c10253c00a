"""Concurrency groups: one runs, one waits, the newest waiter wins.

Source: https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Ticket:
    """A run's or a job's place in a group; ``cancel`` ends it with a reason."""

    cancel: Callable[[str], None]
    turn: asyncio.Event = field(default_factory=asyncio.Event)


class ConcurrencyGroups:
    """All groups of all repositories; used from the event loop only."""

    def __init__(self) -> None:
        self._running: dict[str, Ticket] = {}
        self._waiting: dict[str, Ticket] = {}

    def join(self, group: str, ticket: Ticket, *, cancel_in_progress: bool) -> None:
        """Take the place, or wait for ``ticket.turn``; who waited before is cancelled."""
        running = self._running.get(group)
        if running is None:
            self._running[group] = ticket
            ticket.turn.set()
            return
        replaced = self._waiting.get(group)
        self._waiting[group] = ticket
        reason = f"A newer request for the concurrency group {group.split(':', 1)[1]} exists."
        if replaced is not None:
            replaced.cancel(reason)
        if cancel_in_progress:
            running.cancel(reason)

    def leave(self, group: str, ticket: Ticket) -> None:
        """Give the place, or the wait for it, up."""
        if self._waiting.get(group) is ticket:
            del self._waiting[group]
        if self._running.get(group) is ticket:
            del self._running[group]
            successor = self._waiting.pop(group, None)
            if successor is not None:
                self._running[group] = successor
                successor.turn.set()


async def first_of(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Wait until one of the events is set, at most for so long."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
