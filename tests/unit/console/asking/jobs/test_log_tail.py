"""Lines of a log are shown as a terminal would show them in the end."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.asking.jobs.log_tail import readable


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31;1mred\x1b[0m and \x1b[38;2;1;2;3mmore\x1b[m", "red and more"),
        ("\x9b31mred", "red"),
        ("\x1b]8;;https://evil\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\text", "text"),
        ("\x1b(Btext\x1b7", "text"),
        ("10%\r50%\r100%\r\n", "100%"),
        ("\x1b", ""),
        ("[0]\ttrain-rmse:3.05", "[0]\ttrain-rmse:3.05"),
    ],
)
def test_colours_and_what_was_written_over_are_left_out(line: str, shown: str) -> None:
    assert readable(line) == shown


@given(st.text(alphabet="\x1b\x9b[]();m0123\r\x07\\ ab"))
def test_no_escape_is_left(line: str) -> None:
    assert "\x1b" not in readable(line)


def test_a_long_line_is_cut_and_takes_no_time() -> None:
    began = time.process_time()
    assert len(readable("x" * 1_000_000)) < 3000
    readable("\x1b[" * 500_000)
    readable("\x1b]" * 500_000)
    assert time.process_time() - began < 3
