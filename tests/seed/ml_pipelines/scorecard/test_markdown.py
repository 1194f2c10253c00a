"""What a pull request wrote is shown letter by letter, whatever it wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from ml_pipelines.scorecard.markdown import LONGEST_LINE, MOST_LINES, fenced, plain, table

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = (
    *("```", "~~~~", "\n\n", "|", "\\", "[x](http://a)", "![](http://a)", "<img src=x>", "@octo"),
    *("#12", "# ", "- ", "<!--", "&lt;", "\u202e", "END_OF_PART\n", "**", "$a$"),
)
HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(MARKUP),
    ),
    max_size=12,
).map("".join)


def tokens(text: str) -> Iterator[Token]:
    for token in GITHUB.parse(text):
        yield token
        yield from token.children or []


@given(HOSTILE)
def test_plain_text_is_one_line_of_text_alone(text: str) -> None:
    found = list(tokens(f"told: {plain(text, 1000)}."))
    kinds = {token.type for token in found}
    assert kinds <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}
    shown = "".join(token.content for token in found if token.type in ("text", "text_special"))
    known = " ".join(text.split())
    known = "".join(c if c.isprintable() else "\ufffd" for c in known)
    assert shown.replace("\u200b", "") == f"told: {known}."
    assert not re.search(r"[@#](?!\u200b)", shown)


@given(HOSTILE)
def test_no_cell_ends_its_table_or_gains_a_column(text: str) -> None:
    found = list(tokens(table([("a", "b"), (plain(text), "end")])))
    assert (found[0].type, found[-1].type) == ("table_open", "table_close")
    assert [token.content for token in found if token.type == "inline"][3:] == ["end"]


@given(st.lists(HOSTILE, max_size=5))
def test_no_line_ends_its_block_of_code(lines: list[str]) -> None:
    (block,) = tokens(fenced(lines, "diff"))
    assert (block.type, block.info) == ("fence", "diff")
    assert block.content.count("\n") == len(lines)


def test_long_blocks_are_cut_and_say_so() -> None:
    told = fenced(["+" + "x" * 500] * (MOST_LINES + 7), "diff")
    block, *_ = tokens(told)
    rows = block.content.splitlines()
    assert len(rows) == MOST_LINES
    assert {len(row) for row in rows} == {LONGEST_LINE}
    assert rows[0].endswith("x…")
    assert told.endswith("\n\n7 more lines are not shown.")


def test_long_text_is_cut() -> None:
    assert plain("x" * 500, 10) == "x" * 9 + "…"
