"""Every page of the console in a browser, with hostile texts in every field of AWS and GitHub.

Whatever is told on the browser's console, and whatever breaks the content security policy, fails
these tests by their fixture `shown`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import dead_links, findings, overflow, picture, views
from tests.browser.watching import enter, untroubled
from tests.console.examples import FORMS, PAGES, Form, example_of
from tests.console.texts import MARKUP

if TYPE_CHECKING:
    from console.serving.visitors import Keys

_MILLISECONDS = 30_000
_LABELS = """all => all.map((table) => ({
  columns: [...table.tHead.rows[0].cells].slice(1).map((one) => one.textContent),
  rows: [...table.tBodies[0].rows].map(
    (row) => [...row.cells].slice(1).map((one) => one.dataset.label)),
}))"""


@pytest.fixture(scope="module", params=[*PAGES, *FORMS], ids=lambda one: getattr(one, "name", one))
def shown(
    request: pytest.FixtureRequest, browser: Browser, made_up_console: Keys
) -> Iterator[Page]:
    """Each page, by its address or by the form that leads to it, with all its answers.

    One opening serves all tests: none of them changes anything in it but how it is looked at.
    """
    with untroubled(browser) as page:
        _open(page, request.param, made_up_console)
        yield page


def _open(page: Page, one: str | Form, console: Keys) -> None:
    here = f"http://127.0.0.1:{console.port}"
    enter(page, console.address)
    page.goto(f"{here}{example_of(one.page) if isinstance(one, Form) else one}")
    _await_answers(page)
    if isinstance(one, Form):
        one.send(page)
        page.wait_for_url(f"{here}{example_of(one.action)}")
        _await_answers(page)


def _await_answers(page: Page) -> None:
    expect(page.locator("main")).not_to_contain_text("Asking …", timeout=_MILLISECONDS)


def test_hostile_texts_are_shown_as_texts(shown: Page) -> None:
    expect(shown.locator("main")).to_contain_text(MARKUP, timeout=_MILLISECONDS)
    text = shown.locator("body").text_content() or ""
    odd = {c for c in text if not c.isprintable() and c not in "\n\t"}
    assert odd == set()
    assert shown.locator("script").evaluate_all("all => all.map(s => s.getAttribute('src'))") in (
        [],
        ["/static/live.js"],
    )
    assert shown.locator("img").count() == 0


def test_no_panel_fails_or_lacks_an_answer(shown: Page) -> None:
    assert "failed here" not in shown.locator("main").inner_text()
    assert shown.locator(".gap").all_inner_texts() == []


def test_on_a_phone_each_cell_names_its_column(shown: Page) -> None:
    tables = shown.locator("table.rows").evaluate_all(_LABELS)
    assert all(table["columns"] == cells for table in tables for cells in table["rows"]), tables


def test_every_link_leads_somewhere(shown: Page) -> None:
    assert dead_links(shown) == []


def test_a_page_is_whole_and_readable_in_every_view(
    shown: Page, request: pytest.FixtureRequest
) -> None:
    name = re.sub(r"[^a-z0-9]+", "-", request.node.callspec.id.lower()).strip("-") or "first"
    found = {}
    for view in views(shown):
        picture(shown, f"{name}-{view}")
        found[view] = [*findings(shown), *([f"{overflow(shown)} px"] if overflow(shown) else [])]
    assert not any(found.values()), found
