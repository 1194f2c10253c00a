"""Asks the console as a browser does, without one and without a port."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from console.application import Console
from console.asking.account import Account
from console.asking.answers import Answers
from console.serving.visitors import Keys

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
_PATIENCE_SECONDS = 60
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Shown:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    source: str

    @property
    def words(self) -> str:
        """All text, without what draws it."""
        body = self.source.partition("<h1>")[2]
        return " ".join(html.unescape(_TAGS.sub(" ", body)).split())

    @property
    def fields(self) -> dict[str, str]:
        """What its forms carry unseen."""
        return {name: html.unescape(value) for name, value in _HIDDEN.findall(self.source)}


@dataclass(frozen=True)
class Browser:
    """A person's, who was let in."""

    application: Any
    keys: Keys
    loop: asyncio.Runner

    def get(self, path: str) -> Shown:
        """Open a page."""
        return self.loop.run(self._ask("GET", path, b""))

    def get_until(self, path: str, is_right: Callable[[str], bool]) -> Shown:
        """Open a page again and again until its words are right."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            shown = self.get(path)
            if is_right(shown.words):
                return shown
        raise TimeoutError(path)

    def post(self, path: str, form: Mapping[str, str]) -> Shown:
        """Send a form."""
        return self.loop.run(self._ask("POST", path, urlencode(form).encode()))

    async def _ask(self, method: str, path: str, body: bytes) -> Shown:
        host = self.keys.hosts[0]
        headers = {
            "host": host,
            "origin": f"http://{host}",
            "cookie": f"{self.keys.cookie}={self.keys.session}",
        }
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        sent: list[Any] = []
        bodies = [body]

        async def receive() -> Mapping[str, Any]:
            if not bodies:  # who asked stays
                await asyncio.Event().wait()
            return {"type": "http.request", "body": bodies.pop(), "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        text = b"".join(one.get("body", b"") for one in sent[1:]).decode()
        return Shown(sent[0]["status"], told, text)


@contextmanager
def browser_of(
    account: Account,
    clock: Callable[[], float] = time.monotonic,
    patience_seconds: float = _PATIENCE_SECONDS,
    asking: int = 4,
) -> Iterator[Browser]:
    """Open a console for an account.

    Args:
        account: that is shown.
        clock: by which answers grow old.
        patience_seconds: for which a page waits until it is whole.
        asking: how many threads ask.
    """
    keys = Keys(8000)
    with ThreadPoolExecutor(asking) as threads, asyncio.Runner() as loop:
        answers = Answers(threads, account.renew, clock)
        console = Console(account, answers, keys, asyncio.Event(), patience_seconds)
        yield Browser(console.application(), keys, loop)
