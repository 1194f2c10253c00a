"""Rows of steps at which somebody kills the command, or another one does it all meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operations.steps.row import Done, carry_out
from operations.steps.step import Step


class Killed(BaseException):
    """Nothing of ours catches it."""


@dataclass
class _Disturbed:
    """A step whose work is something else."""

    step: Step
    work: Callable[[], None]

    @property
    def title(self) -> str:
        return self.step.title

    def look(self) -> str:
        return self.step.look()

    def do(self) -> None:
        self.work()


def _disturb(steps: Sequence[Step], place: int, work: Callable[[], None]) -> list[Step]:
    row = list(steps)
    row[place] = _Disturbed(row[place], work)
    return row


def carry_all_out(steps: Sequence[Step]) -> list[Done]:
    """Do all that is to be done."""
    return list(carry_out(list(steps), lambda _number, _step: None))


def kill_at(steps: Sequence[Step], place: int, *, before: bool) -> bool:
    """Carry steps out until one, and be killed before or after its work.

    Returns:
        Whether it came to that step's work.
    """

    def die() -> None:
        if not before:
            steps[place].do()
        raise Killed

    try:
        carry_all_out(_disturb(steps, place, die))
    except Killed:
        return True
    return False


def overtake_at(steps: Sequence[Step], others: Sequence[Step], place: int) -> None:
    """Carry steps out; between the look and the work of one, somebody else carries all out."""

    def come_too_late() -> None:
        carry_all_out(others)
        steps[place].do()

    assert carry_all_out(_disturb(steps, place, come_too_late))[place].did
