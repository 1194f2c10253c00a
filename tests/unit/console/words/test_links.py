"""Whoever wrote an address: pages lead to their own and the web's alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import application
from console.words.links import link

_TEMPLATES = Path(application.__file__).with_name("templates")
# Of each address that a template writes: what stands before its first value, and that value.
_WRITTEN = re.compile(r'(?:href|src|action|formaction)="([^"{]*)\{\{ (.*?) \}\}')


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/octo/rings/actions/runs/1",
        "HTTPS://github.com/",
        "http://127.0.0.1:8000/octo",
        "/projects/rings-p-0123456789ab#pipeline",
        "#pipeline",
        "?example=2",
    ],
)
def test_pages_and_the_web_are_led_to(address: str) -> None:
    assert link(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/",
        "///evil.example/",
        "//",
        "/\\evil.example/",
        "\\\\evil.example/",
        "https:",
        "https://",
        "https:evil.example",
        "http://[",
        "https://a.example/ b",
        "https://a.example/\u202egnp.exe",
        "evil.example",
        "",
    ],
)
def test_nothing_else_is_a_link(address: str) -> None:
    assert link(address) == ""


@given(st.text(alphabet="javscript:/\\ \t\n\x00#?.[]@hp", max_size=30))
def test_what_is_let_through_begins_as_a_browser_reads_it(address: str) -> None:
    told = link(address)
    assert told in ("", address)
    assert told == "" or re.match(r"https?://|/(?![/\\])|[#?]", told)


def test_each_address_of_a_template_is_asked_about() -> None:
    """One that begins with a path of the console's stays there, whatever follows."""
    written = {
        f"{template.name}: {one[0]}"
        for template in _TEMPLATES.rglob("*.html")
        for one in _WRITTEN.finditer(template.read_text())
        if not re.match(r"/[a-z]+/|#", one[1]) and not one[2].endswith("| link")
    }
    assert written == set()
