"""How lines fit the terminal, and what is never cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.conductor.wrapping import wrap

_URL = "http://127.0.0.1:43211/data-scientist/abalone-rings-build/actions/runs/1234567"
_COMMAND = '`make rehearse ARGS="--stages dev,staging,prod --scenario lost-run --keep"`'
_SENTENCES = {
    "plain": "the registry tells that the version is healthy in dev, and what it was made of",
    "address": f"the approval started the deploy workflow ({_URL}) for the stage dev",
    "command": f"it stood still for 300 s; see why with {_COMMAND}, then run it again.",
    "lines": "  a first line that is inset\nand a second one, which is much longer than the first",
}
_WORDS = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=30)
_PLAIN = _WORDS.filter(lambda word: "`" not in word and not word.startswith("s"))


@pytest.mark.parametrize("width", range(40, 121, 8))
@pytest.mark.parametrize("kind", _SENTENCES)
def test_lines_fit_unless_one_piece_is_longer(kind: str, width: int) -> None:
    lines = wrap(_SENTENCES[kind], width, first="      ", rest="      ")
    assert all(line.startswith("      ") for line in lines)
    for line in lines:
        is_one_piece = any(piece in line for piece in (_URL, _COMMAND))
        assert len(line) <= width or is_one_piece, line
    whole = " ".join(" ".join(lines).split())
    assert whole == " ".join(_SENTENCES[kind].split())
    for piece in (_URL, _COMMAND):
        if piece in _SENTENCES[kind]:
            assert sum(piece in line for line in lines) == 1


def test_a_piece_that_is_too_long_shares_its_line_with_nothing_before_it() -> None:
    lines = wrap(f"the run ({_URL}) ended", 40)
    assert lines == ["the run", f"({_URL})", "ended"]


def test_seconds_stay_with_their_number() -> None:
    assert wrap("title " * 6 + "12.5 s", 41) == [" ".join(["title"] * 6), "12.5 s"]


def test_columns_stay_under_each_other_where_they_fit() -> None:
    assert wrap("1,2,3   predicted   7  of the very many", 40, rest="  ") == [
        "1,2,3   predicted   7  of the very many"
    ]
    assert wrap("1,2,3   predicted   7  of the very many rings", 40, rest="  ") == [
        "1,2,3   predicted   7  of the very many",
        "  rings",
    ]


def test_what_fits_stays_as_it_is() -> None:
    assert wrap("title  12 s", 40) == ["title  12 s"]
    assert wrap("", 40, first="  | ") == ["  |"]


@given(words=st.lists(_PLAIN, min_size=1, max_size=40), width=st.integers(40, 120))
def test_no_word_is_cut_lost_or_moved_and_lines_are_filled(words: list[str], width: int) -> None:
    lines = wrap(" ".join(words), width, first="- ", rest="  ")
    assert [word for line in lines for word in line[2:].split()] == words
    assert all(len(line) <= width for line in lines)
    for line, after in itertools.pairwise(lines):
        assert len(line) + 1 + len(after.split()[0]) > width
