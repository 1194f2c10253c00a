"""What can be said of a page as it is shown: its width, its accessibility, its links."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import Page

WIDTHS = (380, 1400)
# Links in pictures have no plain `href`.
_ADDRESSES = "all => all.map((a) => new URL(a.getAttribute('href'), document.baseURI).href)"
SCHEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")
FOLDER_VARIABLE = "CONSOLE_PICTURES"
_HEIGHT = 900
_AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Animations would be in the middle of something, and tell other contrasts each time.
_FINDINGS = """
async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 200)}`))
"""


def views(page: Page) -> Iterator[str]:
    """Show a page in light and dark, on a phone and on a desk; the name of each view."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": _HEIGHT})
            yield f"{scheme}-{width}"


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def findings(page: Page) -> list[str]:
    """What axe finds serious or critical, as it is shown now."""
    page.evaluate(_axe())
    found: list[str] = page.evaluate(_FINDINGS)
    return found


@functools.cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")


def dead_links(page: Page) -> list[str]:
    """Addresses of this server that a page leads to and that do not answer, and other odd ones."""
    here = urlsplit(page.url)
    dead = []
    for link in sorted(set(page.eval_on_selector_all("a[href]", _ADDRESSES))):
        address, fragment = urldefrag(link)
        if urlsplit(address).scheme not in ("http", "https"):
            dead.append(link)
        elif urlsplit(address).netloc != here.netloc:
            continue
        elif address == urldefrag(page.url).url:
            if fragment and not page.evaluate("id => !!document.getElementById(id)", fragment):
                dead.append(link)
        elif not page.request.get(address).ok:
            dead.append(link)
    return dead


def picture(page: Page, name: str) -> None:
    """Write what is shown into the folder that CONSOLE_PICTURES names, if it names one."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, animations="disabled")
