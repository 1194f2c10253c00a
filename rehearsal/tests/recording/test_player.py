"""A recorded file in a browser: it shows every moment as it was, and does nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rehearsal.conductor.recording.file_writer import write_file
from rehearsal.tests.unit.recording.made_up import PROJECT, STAGE, recording
from tests.browser.looks import findings, overflow, views

_SLIDER = "#player-moment"
_SET = """(slider, value) => {
  slider.value = value; slider.dispatchEvent(new Event("input")); }"""


@pytest.fixture
def player(page: Page, tmp_path: Path) -> Page:
    """The made-up recording, opened as a person opens a file."""
    file = tmp_path / "play.html"
    file.write_bytes(write_file(recording()))
    page.goto(file.as_uri())
    return page


def _seek(page: Page, seconds: float) -> None:
    page.locator(_SLIDER).evaluate(_SET, seconds)


def _shown(page: Page) -> str:
    """The panels, as a browser writes them."""
    shown: str = page.locator("main").evaluate(
        "main => [...main.querySelectorAll(':scope > section')].map(s => s.outerHTML).join('')"
    )
    return shown


def test_every_moment_is_shown_as_it_was_in_any_order(player: Page) -> None:
    recorded = recording().pages[PROJECT]
    expected, shown = {}, {}
    for frame in recorded.frames:
        shown |= frame.panels
        expected[frame.at] = "".join(shown[name] for name in recorded.order)
    for second in (2, 3, 19, 7, 7, 2, 18, 17):
        _seek(player, second)
        assert _shown(player) == expected[float(second)], second
    _seek(player, 0)
    expect(player.locator("main")).to_contain_text("This page was not there yet.")
    player.get_by_role("button", name="Go to 0:02, when it was").click()
    assert _shown(player) == expected[2.0]


def test_it_is_readable_in_every_view_by_everybody(player: Page) -> None:
    _seek(player, 15)
    for address in (PROJECT, STAGE, "/"):
        player.locator(f'#player-pages a[href="#{address}"]').click()
        found = {view: [*findings(player), overflow(player)] for view in views(player)}
        assert all(told == [0] for told in found.values()), found


def test_tabs_and_links_lead_to_recorded_pages_and_nowhere_else(player: Page) -> None:
    _seek(player, 15)
    player.get_by_role("link", name="dev", exact=True).click()
    expect(player.get_by_role("heading", level=1)).to_have_text("Stage dev")
    expect(player).to_have_title("Stage dev · recording")
    expect(player.get_by_role("button", name="Ask")).to_be_disabled()
    player.get_by_role("link", name="Projects").click()
    gone = player.get_by_text("not recorded")
    expect(gone).to_have_attribute("aria-disabled", "true")
    gone.click(force=True)
    expect(player.get_by_role("heading", level=1)).to_have_text("Projects")
    player.go_back()
    expect(player.get_by_role("heading", level=1)).to_have_text("Stage dev")


def test_acts_changes_and_keys_move_in_time(player: Page) -> None:
    told, slider = player.locator("#player-told"), player.locator(_SLIDER)
    player.get_by_role("button", name="2 Deploy").click()
    expect(told).to_have_text("0:10 of 0:20: Deploy </script><!-- it")
    expect(player.get_by_role("button", name="2 Deploy")).to_have_attribute("aria-current", "step")
    player.get_by_role("button", name="Next change").click()
    expect(slider).to_have_value("11")
    player.get_by_role("button", name="Change before").click()
    player.get_by_role("button", name="Change before").click()
    expect(slider).to_have_value("9")
    expect(slider).to_have_attribute("aria-valuetext", "0:09, Start")
    slider.focus()
    player.keyboard.press("End")
    expect(told).to_contain_text("0:20 of 0:20")
    player.keyboard.press("Home")
    expect(told).to_contain_text("0:00 of 0:20")


def test_it_plays_to_the_end_and_begins_again(player: Page) -> None:
    player.get_by_label("Speed").select_option("16")
    player.get_by_role("button", name="Play").click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    expect(player.locator("#player-told")).to_contain_text("0:20 of", timeout=20_000)
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    player.get_by_role("button", name="Play").click()
    player.get_by_role("button", name="Pause").click()
    expect(player.locator("#player-told")).not_to_contain_text("0:20 of")


def test_an_address_opens_a_page(player: Page) -> None:
    player.goto(f"{player.url}#{STAGE}")
    expect(player.get_by_role("heading", level=1)).to_have_text("Stage dev")
