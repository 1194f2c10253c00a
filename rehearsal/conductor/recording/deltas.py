"""What changed between two texts of markup, so that a text is stored once and not at each change.

A text is cut behind each `>` and each end of a line. A change says: at this piece, this many pieces
are replaced by this text. `player.js` does the same backwards.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

_BEHIND = re.compile(r"(?<=[>\n])")

# Where, in pieces of the text before; how many pieces go; what comes.
Change = tuple[int, int, str]


def cut(text: str) -> list[str]:
    """The pieces of a text; together they are the text."""
    return [piece for piece in _BEHIND.split(text) if piece]


def changes(before: str, after: str) -> list[Change]:
    """What makes of one text the other, from the beginning to the end."""
    old, new = cut(before), cut(after)
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    return list(_different(head, *middle))


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _different(head: int, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    for kind, start, end, first, last in SequenceMatcher(None, old, new).get_opcodes():
        if kind != "equal":
            yield head + start, end - start, "".join(new[first:last])
