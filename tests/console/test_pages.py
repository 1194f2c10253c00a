"""Every page of the console in a browser, with hostile texts in every field of AWS and GitHub.

Whatever is told on the browser's console, and whatever breaks the content security policy, fails
these tests by their fixture `page`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import dead_links, findings, overflow, picture, views
from tests.browser.watching import enter
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


@pytest.fixture(params=[*PAGES, *FORMS], ids=lambda one: getattr(one, "name", one))
def shown(request: pytest.FixtureRequest, page: Page, made_up_console: Keys) -> Page:
    """Each page, by its address or by the form that leads to it, with all its answers."""
    here = f"http://127.0.0.1:{made_up_console.port}"
    enter(page, made_up_console.address)
    form = request.param
    address = example_of(form.page) if isinstance(form, Form) else form
    page.goto(f"{here}{address}")
    _await_answers(page)
    if isinstance(form, Form):
        form.send(page)
        page.wait_for_url(f"{here}{example_of(form.action)}")
        _await_answers(page)
    return page


def _await_answers(page: Page) -> None:
    expect(page.locator("main")).not_to_contain_text("Asking …", timeout=_MILLISECONDS)


def test_a_page_is_whole_and_readable_in_every_view(
    shown: Page, request: pytest.FixtureRequest
) -> None:
    name = re.sub(r"[^a-z0-9]+", "-", request.node.callspec.id.lower()).strip("-") or "first"
    found = {}
    for view in views(shown):
        picture(shown, f"{name}-{view}")
        found[view] = [*findings(shown), *([f"{overflow(shown)} px"] if overflow(shown) else [])]
    assert not any(found.values()), found


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
