"""Other people's text as markup: source code and diffs by Pygments, comments by markdown-it."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pygments
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.diff import DiffLexer
from pygments.util import ClassNotFound

from rehearsal.github.pages.shown import printable

_LARGEST_COLOURED = 128 * 1024
_LONGEST_COMMENT = 65_536
_LONGEST_LINE = 1000
# By which a workflow finds its comment again; GitHub does not show it.
_HIDDEN_MARK = re.compile(r"\A\s*<!--.*?-->\s*", re.DOTALL)
_DEEPEST_OF_PAGE = 3
_BARE_ADDRESS = re.compile(r"(https?://[^\s<>\"'`|\\^{}]*[^\s<>\"'`|\\^{}.,;:!?()*])")


def code_lines(name: str, text: str) -> list[Markup]:
    """The lines of a file, in the colours of its language if Pygments knows its name."""
    text = printable(text.replace("\r\n", "\n"))
    if len(text) <= _LARGEST_COLOURED:
        try:
            return _coloured(text, get_lexer_for_filename(name, stripnl=False))
        except ClassNotFound:
            pass
    return [escape(line) for line in text.removesuffix("\n").split("\n")]


def diff_lines(text: str) -> list[Markup]:
    """The lines of a diff; very long ones are cut."""
    lines = (
        line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"
        for line in text.removesuffix("\n").split("\n")
    )
    shown = "\n".join(printable(line.removesuffix("\r")) for line in lines)
    return _coloured(f"{shown}\n", DiffLexer(stripnl=False, ensurenl=False))


def comment(text: str | None) -> Markup:
    """A comment in GitHub's Markdown, without HTML and pictures of its own."""
    text = _HIDDEN_MARK.sub("", text or "", count=1)[:_LONGEST_COMMENT]
    # Its entities may stand for what is not printable, so that the outcome is looked at.
    return Markup(printable(_markdown().render(text)))  # noqa: S704 # markdown-it escapes


def _coloured(text: str, lexer: Lexer) -> list[Markup]:
    marked = pygments.highlight(text, lexer, HtmlFormatter(nowrap=True))
    lines = marked.removesuffix("\n").split("\n")
    return [Markup(line) for line in lines]  # noqa: S704 # Pygments escapes


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True})
    made.enable(["table", "strikethrough"]).disable("image")
    made.core.ruler.push("place_headings", _place_headings)
    made.core.ruler.push("link_addresses", _link_addresses)
    made.add_render_rule("th_open", _cell)
    made.add_render_rule("td_open", _cell)
    made.add_render_rule("table_open", _table)
    made.add_render_rule("table_close", _table)
    return made


def _place_headings(state: StateCore) -> None:
    """A comment's headings stand below those of its page, and leave out no level."""
    openings = [token for token in state.tokens if token.type == "heading_open"]
    shallowest = min((int(token.tag[1]) for token in openings), default=1)
    level = _DEEPEST_OF_PAGE
    for token in state.tokens:
        if token.type == "heading_open":
            level = min(int(token.tag[1]) - shallowest + _DEEPEST_OF_PAGE + 1, level + 1, 6)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"


def _link_addresses(state: StateCore) -> None:
    """Make links of addresses that stand in a text as they are, as GitHub does."""
    for block in state.tokens:
        linked: list[Token] = []
        depth = 0
        for token in block.children or []:
            depth += token.nesting if token.type in {"link_open", "link_close"} else 0
            is_text = token.type == "text" and not depth
            linked += _with_links(token.content) if is_text else [token]
        block.children = linked if block.children else block.children


def _with_links(text: str) -> Iterator[Token]:
    for place, part in enumerate(_BARE_ADDRESS.split(text)):
        if place % 2:
            yield Token("link_open", "a", 1, attrs={"href": normalizeLink(part)})
        yield Token("text", "", 0, content=part)
        if place % 2:
            yield Token("link_close", "a", -1)


def _cell(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, _env: Any
) -> str:
    """How a column is aligned would be an inline style, which the pages do not let in."""
    tokens[place].attrs.pop("style", None)
    return renderer.renderToken(tokens, place, options, {})


def _table(_: RendererHTML, tokens: Sequence[Token], place: int, *_rest: Any) -> str:
    """A table that is too wide for the window moves in a frame of its own."""
    if tokens[place].nesting < 0:
        return "</table></div>\n"
    return '<div class="table" tabindex="0" role="group" aria-label="Table"><table>\n'
