"""What a recording keeps of a page shows the same, and can do nothing."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from rehearsal.conductor.recording.page_reader import read_page

_CSRF = "0123456789abcdef"
_PAGE = """<!DOCTYPE html><html><head><link rel="stylesheet" href="/static/card.css">
<link rel="stylesheet" href="/static/style.css"></head><body><nav><a href="/">Projects</a></nav>
<main id="content"><h1>{title}</h1>
<section id="one" class="panel one"><h2>One</h2>{one}</section>
<section id="two" class="panel two"><h2>Two</h2><section><h3>In</h3></section>&#183; &amp;</section>
</main></body></html>"""


def _panel(markup: str) -> str:
    return read_page(_PAGE.format(title="t", one=markup)).panels["one"] or ""


def test_panels_title_styles_and_links_are_found() -> None:
    page = read_page(_PAGE.format(title="a &amp; b", one='<a href="/projects/x">x</a>'))
    assert page.title == "a & b"
    assert list(page.panels) == ["one", "two"]
    assert page.panels["two"] == (
        '<section id="two" class="panel two"><h2>Two</h2><section><h3>In</h3></section>'
        "&#183; &amp;</section>"
    )
    assert page.styles == ("/static/card.css", "/static/style.css")
    assert page.links == ("/projects/x",)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/projects/x#pipeline", 'href="#/projects/x"'),
        ("/", 'href="#/"'),
        ("http://127.0.0.1:1/octo/build", 'role="link" aria-disabled="true"'),
        ("//elsewhere.example", 'role="link" aria-disabled="true"'),
        ("?example=1#ask", 'role="link" aria-disabled="true"'),
        ("/projects/x?days=3", 'role="link" aria-disabled="true"'),
        ("javascript:alert(1)", 'role="link" aria-disabled="true"'),
        ("file:///home/somebody", 'role="link" aria-disabled="true"'),
    ],
)
def test_links_lead_to_pages_or_nowhere(address: str, kept: str) -> None:
    assert f'<a id="l" {kept}>there</a>' in _panel(f'<a id="l" href="{address}">there</a>')


def test_links_of_what_runs_are_known() -> None:
    page = read_page(
        _PAGE.format(
            title="t",
            one='<li class="box good"><a href="/done">a</a></li><li class="box running">'
            '<a href="/box">b</a></li><li class="box nothing"><a href="/later">c</a></li>'
            '<svg><a href="/step"><g class="running"><rect /></g></a>'
            '<a href="/wait"><g /></a></svg><p class="running"><a href="http://x/">x</a></p>'
            '<div class="under-way">bar</div><a href="/canary">d</a><b class="not-running">e</b>'
            '<a href="/rest">f</a>',
        )
    )
    assert page.running == {"/box", "/step", "/canary"}


def test_a_form_can_send_nothing() -> None:
    shown = _panel(
        f'<form method="post" action="/ask"><input type="hidden" name="csrf" value="{_CSRF}">'
        '<input name="field" value="1" min="0"><button formaction="/x">Ask</button>'
        "<select><option selected>a</option></select><textarea>\n1,2</textarea></form>"
    )
    assert _CSRF not in shown
    assert "<form>" in shown
    assert shown.count(" disabled>") == 4
    assert "action" not in shown
    assert 'value="1" min="0" disabled>' in shown
    assert "\n1,2</textarea>" in shown


def test_a_panel_of_which_nothing_is_known_is_none() -> None:
    page = read_page(_PAGE.format(title="t", one='<p class="note">Asking …</p>'))
    assert page.panels["one"] is None
    assert page.panels["two"] is not None


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_texts_and_attributes_of_any_kind_stay(text: str) -> None:
    kept = str(escape(text))
    shown = _panel(f'<p title="{kept}">{kept}</p><textarea>{kept}</textarea><svg><path /></svg>')
    assert f'<p title="{kept}">{kept}</p>' in shown
    assert "<svg><path /></svg>" in shown
    reader = _Texts()
    reader.feed(shown.partition("<textarea")[2].partition("</textarea>")[0])
    assert unescape(shown).count(text) >= 3
