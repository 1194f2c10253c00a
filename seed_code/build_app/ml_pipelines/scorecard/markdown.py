"""Markdown around text that a pull request wrote: it is shown letter by letter, and bounded.

A comment on GitHub holds 65,536 characters, a variable of a job's step 128 KiB.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LONGEST_TEXT = 120
LONGEST_LINE = 120
MOST_LINES = 100
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# GitHub calls people and other issues by these, also behind a backslash.
_CALLING = "@#"
_NO_WIDTH = "\N{ZERO WIDTH SPACE}"
_TAB = "    "


def plain(text: str, longest: int = LONGEST_TEXT) -> str:
    """One line in which nothing is markup, calls anybody or links anywhere."""
    shown = _cut(_printable(" ".join(text.split())), longest)
    return _PUNCTUATION.sub(_escaped, shown)


def fenced(lines: Sequence[str], language: str) -> str:
    """A block of code that holds the first lines, each cut, and says how many it leaves out."""
    shown = [_cut(_printable(line), LONGEST_LINE) for line in lines[:MOST_LINES]]
    longest_run = max(map(len, re.findall("`+", "\n".join(shown))), default=0)
    fence = "`" * max(3, longest_run + 1)
    block = "\n".join([f"{fence}{language}", *shown, fence])
    left_out = len(lines) - len(shown)
    return f"{block}\n\n{left_out} more lines are not shown." if left_out else block


def table(rows: Iterable[Sequence[str]]) -> str:
    """A table whose first row is its head; its cells are Markdown."""
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, re.sub(r"[^|]+", " --- ", head), *rest])


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    return f"\\{character}{_NO_WIDTH if character in _CALLING else ''}"


def _printable(text: str) -> str:
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for character in text.replace("\t", _TAB)
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
