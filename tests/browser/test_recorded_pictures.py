"""Pictures show what they are of, or say that the recording does not."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from playwright.sync_api import Page

from rehearsal.conductor.recording.file_writer import write_file
from rehearsal.tests.unit.recording.made_up import recording
from tests.browser.recorded_pictures import PICTURES, NotShownError, Picture, make


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    file = tmp_path / "play.html"
    file.write_bytes(write_file(recording()))
    return file


def _size(png: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    return width, height


def test_a_picture_is_of_the_first_moment_that_has_everything(page: Page, made_up: Path) -> None:
    picture = Picture("stage", ("#serves", "#ask button"), "h1", "#serves", 500)
    (file,) = make(page, made_up, made_up.parent, [picture])
    width, height = _size(file)
    assert 380 <= width <= 520
    assert 40 < height < 400
    assert page.locator("#player-told").inner_text().startswith("0:14 of")
    assert page.title() == "Stage dev · recording"


def test_what_no_moment_shows_is_named(page: Page, made_up: Path) -> None:
    with pytest.raises(NotShownError, match=r"No page shows what console-project is of: \.boxes"):
        make(page, made_up, made_up.parent, PICTURES)
