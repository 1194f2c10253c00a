"""The first page has the names of projects before the rest is known."""

from __future__ import annotations

import threading

from tests.console.made_up_answers import GROUP
from tests.unit.console.browsing import browser_of
from tests.unit.console.counted_account import counted_account


def test_names_are_there_while_builds_are_asked_for() -> None:
    account, going_on = counted_account(3), threading.Event()
    account.before = lambda model: (
        model.service_model.service_name == "sagemaker" and going_on.wait(60)
    )
    with browser_of(account, patience_seconds=0.1) as browser:
        early = browser.get_until("/", lambda words: "Until then, here are the names." in words)
        going_on.set()
        whole = browser.get_until("/", lambda words: "Asking" not in words)
    assert early.source.count(f'href="/projects/{GROUP[:8]}') == 3
    assert "Newest version" not in early.words
    assert "Newest version" in whole.words
    assert "Until then" not in whole.words


def test_an_account_without_projects_says_so() -> None:
    with browser_of(counted_account(0)) as browser:
        words = browser.get("/").words
    assert "There is no project in this account and region." in words
