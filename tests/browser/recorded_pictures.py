"""Makes the README's pictures from a recording: ``make pictures RECORDING=play.html``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Page

from tests.browser.chromium import started

DIAGRAMS = Path(__file__).resolve().parents[2] / "diagrams"
_MARGIN = 12
_PAGES = """() => JSON.parse(document.getElementById("player-recording").textContent).pages
  .map((page) => [page.address, page.frames.map(([at]) => at)])"""
_SEEK = """(slider, seconds) => {
  slider.value = seconds; slider.dispatchEvent(new Event("input")); }"""

_CLIP = """([first, last, margin]) => {
  const [text, top, bottom] = ["h1", first, last].map((one) =>
    document.querySelector(`main ${one}`).getBoundingClientRect());
  return {
    x: text.x - margin, width: text.width + 2 * margin,
    y: top.y + scrollY - margin, height: bottom.bottom - top.y + 2 * margin,
  };
}"""

# The bar of an endpoint whose requests two configurations get.
_SHARED = '.under-way .traffic:has(.serves:not([width="0"])):has(.takes-over:not([width="0"]))'


@dataclass(frozen=True)
class Picture:
    """What one of them shows.

    Args:
        name: of its file.
        wanted: the page and its moment are the first ones that have each of these.
        first: what stands at its top.
        last: what stands at its bottom.
        width: of the browser's window, in pixels.
    """

    name: str
    wanted: tuple[str, ...]
    first: str
    last: str
    width: int


PICTURES = (
    Picture(
        "console-project",
        (".boxes .running", ".graph .good", ".graph .running", ".graph .waiting"),
        "h1",
        ".graph",
        1000,
    ),
    Picture("console-canary", (_SHARED,), "h1", "#endpoint .note", 1000),
)


class NotShownError(click.ClickException):
    """No moment of the recording shows what a picture is of; record a whole play."""


def make(page: Page, recording: Path, folder: Path, pictures: Sequence[Picture]) -> list[Path]:
    """Write pictures of a recording, in light colours, with nothing in motion.

    Raises:
        NotShownError: the recording lacks what one of them shows.
    """
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(recording.resolve().as_uri())
    made = []
    for picture in pictures:
        page.set_viewport_size({"width": picture.width, "height": 900})
        _find(page, picture)
        made.append(folder / f"{picture.name}.png")
        page.screenshot(path=made[-1], clip=_clip(page, picture), full_page=True)
    return made


def _find(page: Page, picture: Picture) -> None:
    for address, moments in page.evaluate(_PAGES):
        page.locator(f'#player-pages a[href="#{address}"]').click()
        for moment in moments:
            page.locator("#player-moment").evaluate(_SEEK, moment)
            if all(page.locator(f"main {wanted}").count() for wanted in picture.wanted):
                return
    raise NotShownError(f"No page shows what {picture.name} is of: {', '.join(picture.wanted)}.")


def _clip(page: Page, picture: Picture) -> dict[str, float]:
    """From the first to the last thing, as wide as the text."""
    found: dict[str, float] = page.evaluate(_CLIP, [picture.first, picture.last, _MARGIN])
    return found


@click.command()
@click.argument("recording", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(recording: Path) -> None:
    """Make the README's pictures from a RECORDING, which `make rehearse` wrote."""
    with started() as browser:
        for file in make(browser.new_page(), recording, DIAGRAMS, PICTURES):
            click.echo(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
