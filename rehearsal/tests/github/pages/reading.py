"""Reads the local GitHub's pages as a browser would, and refuses what could run in it."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import requests

from rehearsal.tests.github.in_process_github import SERVER, InProcessGitHub
from rehearsal.tests.github.served_github import ServedGitHub

HOSTILE = '<script>alert("x")</script>&\'"'
LIVE = "/_services/pages/live.js"


class Reader(HTMLParser):
    """Collects what a page links to, and the elements that it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.elements: list[str] = []
        self.ids: list[str] = []
        self.is_live = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; whatever loads or runs something fails the test."""
        given = dict(attrs)
        if tag == "script":
            assert given == {"type": "module", "src": LIVE}
            self.is_live = True
            return
        assert tag not in {"img", "iframe", "form", "object", "style"}, tag
        assert not {name for name in given if name.startswith("on") or name in {"src", "style"}}
        self.elements.append(tag)
        if "id" in given:
            self.ids.append(given["id"] or "")
        if "href" in given:
            self.links.append(given["href"] or "")


def read(github: ServedGitHub, address: str) -> tuple[int, str]:
    """Open a page of a server; its headers let nothing in."""
    answer = requests.get(f"{github.url}{address}", timeout=30, allow_redirects=False)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert ("script-src" in policy) == (LIVE in answer.text)
    return answer.status_code, answer.text


def opened(github: InProcessGitHub, address: str, status: int = 200) -> str:
    """Open a page of the application, which has to be sound and to have this status."""
    answer = github.request("GET", f"{SERVER}{address}", redirect=False)
    page = answer.data.decode()
    assert answer.status == status, page
    reader = Reader(page)
    assert len(set(reader.ids)) == len(reader.ids)
    assert [one for one in reader.elements if one == "h1"] == ["h1"]
    return page


def text_of(page: str) -> str:
    """What a person reads."""
    return unescape(re.sub(r"<[^>]*>", "", page))
