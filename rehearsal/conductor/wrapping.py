"""Wraps a sentence between its words; what somebody copies stays in one piece."""

import re

COLUMNS_WITHOUT_TERMINAL = 80
# What stands between backticks is typed as it is; an address holds no space; `9 s` is one thing.
_PIECE = re.compile(r"\S*`[^`\n]*`\S*|\d[\d.]* s\b\S*|\S+")


def wrap(sentence: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Break a sentence into lines of at most `width` columns.

    A command or an address that is longer stands on a line of its own, uncut.

    Args:
        sentence: its own line breaks and indentation stay.
        width: of the terminal.
        first: what begins the first line.
        rest: what begins each further one.
    """
    lines: list[str] = []
    for part in sentence.split("\n"):
        inset = part[: len(part) - len(part.lstrip())]
        lines += _wrap_part(part, width, (rest if lines else first) + inset, rest + inset)
    return lines


def _wrap_part(part: str, width: int, first: str, rest: str) -> list[str]:
    if len(first) + len(part.lstrip()) <= width:
        return [(first + part.lstrip()).rstrip()]
    lines: list[str] = []
    line = ""
    ended = 0
    for found in _PIECE.finditer(part):
        piece, gap = found.group(), part[ended : found.start()]
        ended = found.end()
        start = rest if lines else first
        if line and len(start) + len(line) + len(gap) + len(piece) > width:
            lines.append(start + line)
            line = piece
        else:
            line = f"{line}{gap}{piece}" if line else piece
    return [*lines, (rest if lines else first) + line]
