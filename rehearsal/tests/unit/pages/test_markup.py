"""Other people's text as the pages of the local GitHub show it."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.github.pages.markup import code_lines, comment, diff_lines
from rehearsal.github.pages.shown import outside

NAMES = ("a.py", "a.sh", "a.yml", "a.json", "a.md", "a.html", "a.diff", "a.unknown", "Makefile")
TEXTS = {"a", "br", "code", "em", "p", "pre", "s", "span", "strong"}
BLOCKS = {"blockquote", "div", "h4", "h5", "h6", "hr", "li", "ol", "ul"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
ELEMENTS = TEXTS | BLOCKS | TABLES


class Elements(HTMLParser):
    """Notes the elements, and refuses what could run or load something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS, tag
        for name, value in attrs:
            assert name in {"aria-label", "class", "href", "role", "start", "tabindex", "title"}
            if name == "href":
                assert not re.match(r"\s*(javascript|vbscript|data|file):", value or "", re.I)
        self.tags.append(tag)


def as_read(lines: list[str]) -> str:
    return unescape(re.sub(r"<[^>]*>", "", "\n".join(lines)))


@given(st.text(alphabet=st.characters(codec="utf-8")), st.sampled_from(NAMES))
def test_a_file_reads_as_it_is_whatever_is_in_it(text: str, name: str) -> None:
    lines = code_lines(name, text)
    Elements("\n".join(lines))
    shown = "".join(
        c if c.isprintable() or c in "\n\t" else "�" for c in text.replace("\r\n", "\n")
    )
    assert as_read(lines) == shown.removesuffix("\n")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=900))
def test_a_diff_reads_as_it_is(text: str) -> None:
    lines = diff_lines(f"@@ -1 +1 @@\n+{text}\n")
    Elements("\n".join(lines))
    shown = "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)
    assert as_read(lines) == f"@@ -1 +1 @@\n+{shown}"


MARKS = st.sampled_from(
    [
        *("<script>x</script>", "<img src=x onerror=y>", "![p](http://x/p.png)", "<!-- x -->"),
        *("[a](javascript:x)", "[a](JaVaScRiPt&#58;x)", "[a](data:text/html,x)", "<vbscript:x>"),
        *("[a]: javascript:x", "[a][a]", "| a |\n|--:|\n| b |", "# h", "### h", "> q", "1. x"),
        *(
            "https://a.example/",
            '"',
            "<",
            "`c`",
            "```html\n<b>\n```",
            "\n\n",
            " ",
            "**",
            "_",
            "&lt;",
            "&#x202e;",
            "\x1b[31m",
            "\\",
        ),
    ]
)


@given(st.lists(st.one_of(MARKS, st.text(max_size=5))).map("".join))
def test_a_comment_brings_no_markup_but_markdowns(text: str) -> None:
    shown = comment(text)
    Elements(shown)
    assert all(c.isprintable() or c in "\n\t" for c in shown)


@given(st.lists(st.integers(1, 6), min_size=1))
def test_the_headings_of_a_comment_leave_out_no_level(levels: list[int]) -> None:
    text = "\n".join(f"{'#' * level} h" for level in levels)
    shown = [int(tag[1]) for tag in Elements(comment(text)).tags]
    assert len(shown) == len(levels)
    assert all(after <= before + 1 for before, after in zip([3, *shown], shown, strict=False))


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Now: http://127.0.0.1:1/o/r/actions/runs/2.", ["http://127.0.0.1:1/o/r/actions/runs/2"]),
        ("(https://a.example/x_y_z?q=1&r=2)", ["https://a.example/x_y_z?q=1&r=2"]),
        ("**https://a.example**, https://b.example/", ["https://a.example", "https://b.example/"]),
        ("[there](https://a.example) and `https://b.example`", ["https://a.example"]),
        ("[https://a.example](https://b.example)", ["https://b.example"]),
        ("<https://a.example>", ["https://a.example"]),
        ("javascript:x http:// ftp://a.example", []),
    ],
)
def test_addresses_in_a_comment_are_links(text: str, links: list[str]) -> None:
    found = re.findall(r'href="([^"]*)"', comment(text))
    assert [unescape(link) for link in found] == links


def test_a_mark_for_programs_is_not_shown() -> None:
    assert comment("<!-- scorecard -->\n**Better**") == "<p><strong>Better</strong></p>\n"
    assert "&lt;!-- no mark --&gt;" in comment("Text <!-- no mark -->")


@pytest.mark.parametrize(
    ("url", "is_let_in"),
    [
        ("https://example.com/a?b#c", True),
        ("http://127.0.0.1:1/x", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("JAVASCRIPT://x/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("/octo", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_links_lead_outside_to_the_web_alone(url: str | None, is_let_in: bool) -> None:
    assert outside(url) == (url if is_let_in else "")
