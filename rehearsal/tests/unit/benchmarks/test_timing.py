"""Commands are timed in turn, and a failing one is named."""

import os
import sys
from pathlib import Path

import pytest

from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.benchmarks.timing import Command, compare, time_in_turn


def python(name: str, code: str, folder: Path) -> Command:
    return Command(name, [sys.executable, "-c", code], folder, os.environ)


def test_commands_take_turns_and_each_run_has_its_number(tmp_path: Path) -> None:
    def note(name: str, number: int) -> Command:
        code = f"open('order', 'a').write('{name}{number} ')"
        return python(name, code, tmp_path)

    told: list[str] = []
    first, second = time_in_turn(
        [lambda number: note("a", number), lambda number: note("b", number)], 2, told.append
    )
    assert (tmp_path / "order").read_text() == "a1 b1 a2 b2 "
    assert len(first) == len(second) == 2
    assert told[0] == "a, run 1 of 2"


def test_the_median_is_not_moved_by_one_slow_run() -> None:
    compared = compare([4.0, 90.0, 5.0], [2.0, 2.5, 3.0])
    assert (compared["seconds"], compared["floor_seconds"], compared["ratio"]) == (5.0, 2.5, 2.0)


def test_a_failing_command_is_named_with_its_last_line(tmp_path: Path) -> None:
    command = python("the synthesis", "import sys; sys.exit('no such region')", tmp_path)
    with pytest.raises(RehearsalError, match="the synthesis failed with 1: no such region"):
        command.run()
