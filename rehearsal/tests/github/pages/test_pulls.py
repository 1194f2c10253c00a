"""The pages of pull requests."""

from __future__ import annotations

from rehearsal.tests.github.pages.reading import HOSTILE, Reader, text_of
from rehearsal.tests.github.pages.shop import MARKUP, REPO, Shop


def test_a_pull_request_shows_its_conversation_commits_checks_and_changes(shop: Shop) -> None:
    sha = shop.commit({"offered.txt": "x\n"}, "Offer", branch="feature")
    wish = {"title": HOSTILE, "head": "feature", "base": "main", "body": MARKUP}
    number = shop.github.rest("POST", f"/repos{REPO}/pulls", wish)["number"]
    body = {"body": "It is **better**, see <b>this</b>."}
    made = shop.github.rest("POST", f"/repos{REPO}/issues/{number}/comments", body)
    status = {"state": "success", "context": "scorecard"}
    shop.github.rest("POST", f"/repos{REPO}/statuses/{sha}", status)
    page = shop.open(f"/pull/{number}")
    text = text_of(page)
    assert all(word in text for word in (HOSTILE, "open", "Offer", "scorecard", "+x"))
    assert "It is better, see <b>this</b>." in text
    assert f"issuecomment-{made['id']}" in Reader(page).ids
    assert HOSTILE in text_of(shop.open("/pulls"))
    shop.github.rest("PUT", f"/repos{REPO}/pulls/{number}/merge", {})
    text = text_of(shop.open(f"/pull/{number}"))
    assert "Merged by octo" in text
    assert "+x" in text
