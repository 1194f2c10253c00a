"""A text and its changes give the next text, whatever is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.conductor.recording.deltas import changes, cut

# Few pieces, so that texts have much in common.
_PIECES = st.sampled_from(["<p>", "</p>\n", "a", "b\n", ">", "\n", "é😀", "<b>x</b>", " "])
_TEXTS = st.lists(_PIECES, max_size=30).map("".join)


def replay(before: str, changed: list[tuple[int, int, str]]) -> str:
    """What `player.js` makes of it."""
    pieces = cut(before)
    for start, count, added in reversed(changed):
        pieces[start : start + count] = [added] if added else []
    return "".join(pieces)


@given(_TEXTS, _TEXTS)
def test_changes_give_the_next_text(before: str, after: str) -> None:
    assert replay(before, changes(before, after)) == after


@given(_TEXTS)
def test_pieces_are_the_text_and_no_change_is_none(text: str) -> None:
    assert "".join(cut(text)) == text
    assert changes(text, text) == []


def test_a_log_that_grows_stores_its_new_line_alone() -> None:
    lines = [f"line {number}\n" for number in range(1000)]
    before, after = "".join(lines[:-1]), "".join(lines)
    assert changes(before, after) == [(999, 0, "line 999\n")]


def test_a_word_in_the_middle_stores_its_piece_alone() -> None:
    row = "<tr><td>Train</td><td>{}</td></tr>\n"
    before, after = ("<table>" + 9 * row.format("done") + row.format(word) for word in ("a", "b"))
    ((_, count, added),) = changes(before, after)
    assert (count, added) == (1, "b</td>")
