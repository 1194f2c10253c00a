"""Each kind of trouble of a page is heard, and a page without any is quiet."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.browser.looks import dead_links, findings, overflow, picture, views
from tests.browser.watching import watched
from tests.loopback import Answering, address_of, serving

_HEAD = (
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>t</title>'
    '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
)
_PAGES = {
    "/good": '<main><h1>Good</h1><a href="/other">other</a> <a href="#here">h</a><p id="here">',
    "/other": "<main><h1>Other</h1>",
    "/console": "<script>console.log('psst')</script>",
    "/error": "<script>undefined.name</script>",
    "/dialog": "<script>alert(1)</script>",
    "/missing": "<script>fetch('/nowhere')</script>",
    "/refused": "<script>fetch('http://127.0.0.1:1/')</script>",
    "/policy": "<p style='color: red'>red",
    "/wide": "<main><h1>Wide</h1><pre>" + "W" * 300,
    "/faint": "<main><h1>Faint</h1><p class='faint'>faint<style>.faint{color:#ddd}</style>",
    "/dark": "<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark)"
    "{.f{color:#222;background:#111}}</style><main><h1>Dark</h1><p class='f'>dark",
    "/links": "<a href='/nowhere'>a</a><a href='#no'>b</a><a href='javascript:0'>c</a>"
    "<svg><a href='/lost'><text>d</text></a></svg>",
}
_POLICIES = {"/policy": "style-src 'self'"}


class _Answers(Answering):
    def answer(self) -> None:
        known = self.path in _PAGES
        policy = _POLICIES.get(self.path, "default-src * 'unsafe-inline' data:")
        headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
        page = _HEAD + _PAGES.get(self.path, "")
        self.say(200 if known else 404, page.encode(), headers)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), _Answers)) as server:
        yield address_of(server)


def test_a_good_page_is_quiet(page: Page, site: str) -> None:
    page.goto(f"{site}/good")
    assert [(name, overflow(page), findings(page)) for name in views(page)] == [
        (name, 0, []) for name in ("light-380", "light-1400", "dark-380", "dark-1400")
    ]
    assert dead_links(page) == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/console", "console log: psst"),
        ("/error", "error of a script: "),
        ("/dialog", "dialog: 1"),
        ("/missing", "answer 404: "),
        ("/refused", "request failed: http://127.0.0.1:1/ (net::ERR_"),
        ("/policy", "console error: against the policy style-src-attr: inline"),
    ],
)
def test_each_trouble_is_told(browser: Browser, site: str, address: str, told: str) -> None:
    with watched(browser) as (page, troubles):
        page.goto(f"{site}{address}", wait_until="networkidle")
        assert [one for one in troubles if one.startswith(told)], troubles


def test_what_is_too_wide_or_too_faint_is_found(page: Page, site: str) -> None:
    page.goto(f"{site}/wide")
    widths = {name: overflow(page) for name in views(page)}
    assert widths["light-380"] > 1000
    page.goto(f"{site}/faint")
    assert any(one.startswith("color-contrast: ") for one in findings(page))
    page.goto(f"{site}/dark")
    assert [name for name in views(page) if findings(page)] == ["dark-380", "dark-1400"]


def test_links_that_lead_nowhere_are_found(page: Page, site: str) -> None:
    page.goto(f"{site}/links")
    lost = [f"{site}/links#no", f"{site}/lost", f"{site}/nowhere"]
    assert dead_links(page) == [*lost, "javascript:0"]


def test_a_picture_is_written_where_a_folder_is_named(
    page: Page, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto(f"{site}/good")
    monkeypatch.setenv("CONSOLE_PICTURES", str(tmp_path))
    picture(page, "good")
    assert (tmp_path / "good.png").read_bytes().startswith(b"\x89PNG")


def test_a_missing_browser_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(chromium.VARIABLE, "/nowhere/chromium")
    told = pytest.raises(chromium.NoBrowserError, match=r"/nowhere/chromium; run `make tools`")
    with told, chromium.started():
        pass
