"""A program's lines come as they are printed; one that says nothing more is given up."""

import itertools
import threading
from collections.abc import Iterator

from rehearsal.conductor.waiting import Sight, Stillness, Watch, see_nothing
from rehearsal.conductor.waiting.program_lines import lines_until_still

_PAUSE = 0.001


class Program:
    """Prints lines, and between them waits until it is told to go on, or ended."""

    def __init__(self, *lines: str) -> None:
        self._lines = lines
        self.going_on = threading.Semaphore(0)
        self.ended = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.going_on.acquire()
            if self.ended:
                return
            yield line

    def end(self) -> None:
        self.ended += 1
        self.going_on.release()


def _stillness(seconds: float, watch: Watch) -> Stillness:
    """Its clock moves by a second whenever somebody looks at it."""
    ticks = itertools.count()
    return Stillness(seconds, watch=watch, clock=lambda: float(next(ticks)))


def test_each_line_comes_and_the_end_ends_it() -> None:
    program = Program("one\n", "two\n", "three\n")
    for _ in range(3):
        program.going_on.release()
    still = _stillness(1000, see_nothing)
    told = list(lines_until_still(program, still, program.end, pause_seconds=_PAUSE))
    assert told == ["one\n", "two\n", "three\n"]
    assert program.ended == 0


def test_a_silent_program_is_given_up_once() -> None:
    program = Program("one\n", "never\n")
    program.going_on.release()
    still = _stillness(30, see_nothing)
    told = list(lines_until_still(program, still, program.end, pause_seconds=_PAUSE))
    assert told == ["one\n"]
    assert program.ended == 1
    assert still.is_over


def test_a_silent_program_goes_on_while_something_moves() -> None:
    """And is given up when that stands still, too, which is named."""
    program, seen = Program("one\n", "two\n"), itertools.count(1)
    program.going_on.release()

    def watch() -> Sight:
        number = next(seen)
        if number == 200:
            program.going_on.release()
        return Sight("CloudFormation makes Role", number)

    still = _stillness(30, watch)
    told = list(lines_until_still(program, still, program.end, pause_seconds=_PAUSE))
    assert told == ["one\n", "two\n"]
    assert program.ended == 0
    assert still.step == "CloudFormation makes Role"
