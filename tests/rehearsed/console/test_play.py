"""From a push to the way back, in a browser: nothing is typed into a terminal after the push.

A data scientist has pushed smaller trees, and version 1 serves everywhere. An operator opens the
console, watches the pipeline, reads the card and approves. Somebody else opens the gate of prod, in
a console of their own. The operator watches the canary, asks the endpoint, rejects, and watches
version 1 come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from github.ContentFile import ContentFile
from playwright.sync_api import expect

from console.asking.account import IMPATIENT
from operations.github_access import open_github
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.console import operator
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from tests.browser.looks import dead_links, findings, overflow, picture, views
from tests.browser.watching import enter, untroubled
from tests.console.serving import served
from tests.rehearsed.console.people import account_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(900)
_PATIENCE_MS = 240_000.0
_RELEASER = "release-operator"


def _push_smaller_trees(play: Play) -> None:
    repository = play.github(DATA_SCIENTIST).get_repo(f"{DATA_SCIENTIST}/abalone-rings-build")
    file = repository.get_contents("pipeline.toml")
    assert isinstance(file, ContentFile)
    text = file.decoded_content.decode()
    changed = text.replace("max_depth = 5", "max_depth = 4")
    assert changed != text
    repository.update_file(file.path, "Try smaller trees", changed, file.sha)


def _look_well(page: Page, name: str) -> None:
    """Hold the page as it stands to what every page is held to, and take its picture."""
    found = {}
    for view in views(page):
        picture(page, f"play-{name}-{view}")
        found[view] = [*findings(page), *([f"{overflow(page)} px"] if overflow(page) else [])]
    assert not any(found.values()), found
    assert dead_links(page) == []


def _decide(page: Page, action: str, comment: str, proposal: str, stages: int) -> None:
    """Say it, read what it starts, and say it again."""
    button = page.get_by_role("button", name=f"{action} …")
    expect(button).to_be_visible()
    page.get_by_label("Comment").fill(comment)
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{proposal}?")
    expect(page.locator("#proposal tbody tr")).to_have_count(stages)
    page.get_by_role("button", name=proposal).click()


def _open_gate_as_another(play: Play, browser: Browser, path: str) -> None:
    person, world = operator(play.world, _RELEASER), play.world
    settings = {
        "GITHUB_SERVER_URL": world.github_url,
        "GH_TOKEN": world.record.tokens[DATA_SCIENTIST],
    }
    access = open_github(settings, retry=IMPATIENT, pause_seconds=0.0)
    with (
        account_of(person, access) as account,
        served(account) as keys,
        untroubled(browser) as page,
    ):
        page.set_default_timeout(_PATIENCE_MS)
        enter(page, keys.address)
        page.goto(f"{keys.page.rstrip('/')}{path}")
        _decide(page, "Open the gate of prod", "On to prod", "Open prod for version 2", 1)
        expect(page.locator("#decision")).to_contain_text("Gate of prod opened by")


def test_a_version_comes_and_goes_back(play: Play, page: Page, browser: Browser) -> None:
    page.set_default_timeout(_PATIENCE_MS)
    expect.set_options(timeout=_PATIENCE_MS)
    _push_smaller_trees(play)

    enter(page, play.world.console_address)
    page.get_by_role("link", name="abalone-rings", exact=True).click()
    expect(page.locator("#lifecycle .box.running").first).to_be_visible()
    expect(page.locator("#pipeline .step.running").first).to_be_visible()
    version = page.locator("#lifecycle").get_by_role("link", name="Version 2")
    expect(version).to_be_visible()
    _look_well(page, "project")

    version.click()
    expect(page.locator("#verdict svg").first).to_be_visible()
    expect(page.locator("#decision")).to_contain_text("waits for approval")
    _look_well(page, "version")
    _decide(page, "Approve", "Small trees do", "Approve version 2", 2)
    expect(page.locator("#decision .badge")).to_have_text("approved")
    expect(page.locator("#decision")).to_contain_text("operator")
    group = page.url.split("/projects/")[1].split("/")[0]
    expect(page.locator("#decide")).to_contain_text("and somebody else must open prod")
    expect(page.get_by_role("button", name="Open the gate of prod …")).to_have_count(0)
    _look_well(page, "gate")
    _open_gate_as_another(play, browser, f"/projects/{group}/versions/2")
    opened = page.locator("#decision div", has_text="Gate of prod opened by")
    expect(opened).to_contain_text(f"user/{_RELEASER}")

    page.get_by_role("link", name="abalone-rings", exact=True).click()
    page.locator("#stages").get_by_role("link", name="prod", exact=True).click()
    expect(page.locator(".traffic .takes-over").first).to_be_visible()
    _look_well(page, "canary")
    expect(page.locator("#serves")).not_to_contain_text("on its way")
    expect(page.locator("#serves")).to_contain_text("version 2")
    expect(page.locator("#endpoint")).to_contain_text("in service")

    expect(page.locator("#ask")).to_contain_text("Version 2 predicts")
    page.get_by_role("button", name="Ask", exact=True).first.click()
    expect(page.locator(".prediction")).to_be_visible()
    expect(page.locator("#answer")).to_contain_text("When version 2 was evaluated")
    _look_well(page, "answer")

    console = page.url.split("/projects/")[0]
    page.goto(f"{console}/projects/{group}/versions/2")
    _decide(page, "Reject", "Too small for old abalones", "Reject version 2", 2)
    expect(page.locator("#decision .badge")).to_have_text("rejected")
    page.get_by_role("link", name="abalone-rings", exact=True).click()
    for stage in ("dev", "prod"):
        box = page.locator("#lifecycle li", has=page.get_by_role("link", name=stage, exact=True))
        expect(box).to_contain_text("serves version 1")
    page.goto(f"{console}/projects/{group}/events")
    expect(page.locator("main")).to_contain_text("Version 2 is not approved any more")
    _look_well(page, "events")
