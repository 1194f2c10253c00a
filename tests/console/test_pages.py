"""Every page of the console in a browser, with hostile texts in every field of AWS and GitHub.

Whatever is told on the browser's console, and whatever breaks the content security policy, fails
these tests by their fixture `page`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from console.pages.addresses import ADDRESSES
from tests.browser.looks import dead_links, findings, overflow, picture, views
from tests.browser.watching import enter
from tests.console.examples import example_of
from tests.console.texts import MARKUP

if TYPE_CHECKING:
    from console.serving.visitors import Keys

_MILLISECONDS = 30_000
EXAMPLES = [example_of(address) for address, _ in ADDRESSES]


def _open(page: Page, keys: Keys, address: str) -> None:
    """Come in as a person does, and wait until every panel is answered."""
    enter(page, keys.address)
    page.goto(f"http://127.0.0.1:{keys.port}{address}")
    expect(page.locator("main")).not_to_contain_text("Asking …", timeout=_MILLISECONDS)


def _named(address: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-") or "first"


@pytest.mark.parametrize("address", EXAMPLES)
def test_a_page_is_whole_and_readable_in_every_view(
    page: Page, made_up_console: Keys, address: str
) -> None:
    _open(page, made_up_console, address)
    found = {}
    for view in views(page):
        picture(page, f"{_named(address)}-{view}")
        found[view] = [*findings(page), *([f"{overflow(page)} px"] if overflow(page) else [])]
    assert not any(found.values()), found


@pytest.mark.parametrize("address", EXAMPLES)
def test_hostile_texts_are_shown_as_texts(page: Page, made_up_console: Keys, address: str) -> None:
    _open(page, made_up_console, address)
    expect(page.locator("main")).to_contain_text(MARKUP, timeout=_MILLISECONDS)
    text = page.locator("body").text_content() or ""
    odd = {c for c in text if not c.isprintable() and c not in "\n\t"}
    assert odd == set()
    assert page.locator("script").evaluate_all("all => all.map(s => s.getAttribute('src'))") in (
        [],
        ["/static/live.js"],
    )
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("address", EXAMPLES)
def test_no_panel_fails_or_lacks_an_answer(page: Page, made_up_console: Keys, address: str) -> None:
    _open(page, made_up_console, address)
    text = page.locator("main").inner_text()
    assert "failed here" not in text
    assert page.locator(".gap").all_inner_texts() == []


@pytest.mark.xfail(
    "/projects/{group}/versions/{number}" not in dict(ADDRESSES),
    reason="pages lead to those of versions and stages, which are being made",
    strict=True,
)
@pytest.mark.parametrize("address", EXAMPLES)
def test_every_link_leads_somewhere(page: Page, made_up_console: Keys, address: str) -> None:
    _open(page, made_up_console, address)
    assert dead_links(page) == []
