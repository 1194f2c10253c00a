"""Fixtures for tests with a browser, wherever they are: `page` is all that most of them need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of one file: while it runs, others could not use asyncio."""
    from tests.browser.chromium import started  # most tests need none of it

    with started() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new page; whatever goes wrong in it fails the test, which otherwise passed."""
    from tests.browser.watching import untroubled

    with untroubled(browser) as page:
        yield page
