"""What an open page is about is deleted, and the page ends in one sentence with the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.looks import dead_links, findings, overflow, views
from tests.browser.watching import enter
from tests.console.examples import example_of
from tests.console.made_up_answers import GROUP, NAME
from tests.console.made_up_aws import MadeUpAccount, Refusal
from tests.console.serving import made_up_account, served

if TYPE_CHECKING:
    from playwright.sync_api import Page

_VERSION = example_of("/projects/{group}/versions/{number}")
_GONE = Refusal("ValidationException", "ModelPackage does not exist.")
_MILLISECONDS = 30_000


def test_an_open_page_of_a_version_that_is_deleted_becomes_one_sentence(page: Page) -> None:
    with made_up_account() as account, served(account) as keys:
        assert isinstance(account, MadeUpAccount)
        enter(page, keys.address)
        page.goto(f"http://127.0.0.1:{keys.port}{_VERSION}")
        expect(page.locator("#decision .badge")).to_be_visible(timeout=_MILLISECONDS)
        page.get_by_label("Comment").fill("typed meanwhile")
        account.answers = {**account.answers, "DescribeModelPackage": _GONE}
        told = page.get_by_role("alert")
        expect(told).to_have_count(1, timeout=_MILLISECONDS)
        expect(told).to_contain_text(f"There is no version 3 of {NAME}: it was deleted")
        assert page.locator("section").count() == 0
        expect(page.locator("#connection")).to_be_hidden()
        found = [[*findings(page), overflow(page)] for _ in views(page)]
        assert found == [[0]] * len(found)
        assert dead_links(page) == []
        page.get_by_role("link", name=f"To the page of {NAME}").click()
        page.wait_for_url(f"**/projects/{GROUP}")
