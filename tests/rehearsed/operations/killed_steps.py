"""Rows of steps at which somebody kills the command, or another one does it all meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from operations.steps.row import Done, carry_out
from operations.steps.step import Step


class Killed(BaseException):
    """Nothing of ours catches it."""


@dataclass
class _Mortal:
    """A step at which somebody kills the command, before or after its work."""

    step: Step
    before: bool

    @property
    def title(self) -> str:
        return self.step.title

    def look(self) -> str:
        return self.step.look()

    def do(self) -> None:
        if not self.before:
            self.step.do()
        raise Killed


def carry_all_out(steps: Sequence[Step]) -> list[Done]:
    """Do all that is to be done."""
    return list(carry_out(list(steps), lambda _number, _step: None))


def kill_at(steps: Sequence[Step], place: int, *, before: bool) -> bool:
    """Carry steps out until one; whether it came to that step's work."""
    mortal = list(steps)
    mortal[place] = _Mortal(mortal[place], before)
    try:
        carry_all_out(mortal)
    except Killed:
        return True
    return False


@dataclass
class _Overtaken:
    """A step that finds all done when it comes to its work."""

    step: Step
    others: Sequence[Step]

    @property
    def title(self) -> str:
        return self.step.title

    def look(self) -> str:
        return self.step.look()

    def do(self) -> None:
        carry_all_out(self.others)
        self.step.do()


def overtake_at(steps: Sequence[Step], others: Sequence[Step], place: int) -> None:
    """Carry steps out; between the look and the work of one, somebody else carries all out."""
    overtaken = list(steps)
    overtaken[place] = _Overtaken(overtaken[place], others)
    assert next(done for number, done in enumerate(carry_all_out(overtaken)) if number == place).did
