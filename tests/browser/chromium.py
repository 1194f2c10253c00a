"""Starts the Chromium of the tests: the one that `make tools` unpacks, or a named one.

On a machine for which none is packed, CONSOLE_BROWSER names the program of a Chromium.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parents[2] / ".images" / "chromium"
VARIABLE = "CONSOLE_BROWSER"


class NoBrowserError(Exception):
    """There is no browser; the message says how to get one."""


@contextmanager
def started() -> Iterator[Browser]:
    """A Chromium, until the block ends.

    As long as it runs, the thread counts as one of asyncio: `asyncio.run` refuses to work there.

    Raises:
        NoBrowserError: none is installed.
    """
    program = Path(os.environ.get(VARIABLE) or FOLDER / "chromium")
    if not program.is_file():
        raise NoBrowserError(
            f"There is no browser at {program}; run `make tools`, or name a Chromium in {VARIABLE}."
        )
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, env=_environment(home) if program.parent == FOLDER else None
        )
        try:
            yield browser
        finally:
            browser.close()


def _environment(home: str) -> dict[str, str | float | bool]:
    """Libraries and fonts that come with the browser; nothing of this machine's settings."""
    return {
        "HOME": home,
        "XDG_CACHE_HOME": home,
        "LD_LIBRARY_PATH": str(FOLDER / "lib"),
        "FONTCONFIG_FILE": str(FOLDER / "fonts.conf"),
        "TZ": "UTC",
    }
