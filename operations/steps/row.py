"""A row of steps, from what it would do to what it did."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from operations.steps.step import Step


@dataclass(frozen=True)
class Done:
    """What became of one step.

    Args:
        title: of the step.
        did: what was done; empty if there was nothing to do.
        seconds: that it took.
    """

    title: str
    did: str
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON."""
        return asdict(self)


def plan(steps: list[Step]) -> list[str]:
    """What the steps would do; nothing if all is done."""
    return [line for step in steps if (line := step.look())]


def carry_out(steps: list[Step], begin: Callable[[int, Step], None]) -> Iterator[Done]:
    """Do what is missing, one step after the other.

    Args:
        steps: in order.
        begin: is told the number of each step before it begins, from 1.
    """
    for number, step in enumerate(steps, 1):
        begin(number, step)
        began = time.monotonic()
        did = step.look()
        if did:
            step.do()
        yield Done(step.title, did, round(time.monotonic() - began, 1))
