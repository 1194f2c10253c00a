"""Keeps open pages up to date: each panel is sent again when it looks different.

What a page is about may be deleted while it is open, and then it ends in one sentence.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from console.asking.answers import Answers
from console.serving.page import Page, Panel, find_absent, look_at, render_panel, slow_seconds
from console.serving.refusals import absent_content

_PAUSE_SECONDS = 1.0
# Tells a browser, and whatever lies between, that the connection lives.
_HEARTBEAT_PAUSES = 15


def stream(
    request: Request, page: Page, answers: Answers, csrf: str, ending: asyncio.Event
) -> StreamingResponse:
    """Send what changes in a page until the browser goes or the server ends."""
    return StreamingResponse(
        _changes(request, page, answers, csrf, ending), media_type="text/event-stream"
    )


async def _changes(
    request: Request, page: Page, answers: Answers, csrf: str, ending: asyncio.Event
) -> AsyncIterator[str]:
    parts = [_Part(panel, answers, csrf) for panel in page.panels]
    pauses = 0
    yield "retry: 2000\n\n"
    while not ending.is_set() and not await request.is_disconnected():
        absent = await run_in_threadpool(find_absent, page, answers)
        if absent is not None:
            yield _event("absent", {"html": absent_content(absent)})
            return
        for part in parts:
            text = await run_in_threadpool(part.changed)
            if text:
                yield _event("panel", {"name": part.panel.name, "html": text})
        pauses += 1
        if pauses % _HEARTBEAT_PAUSES == 0:
            yield ": here\n\n"
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), _PAUSE_SECONDS)


def _event(name: str, told: Mapping[str, str]) -> str:
    return f"event: {name}\ndata: {json.dumps(told)}\n\n"


@dataclass
class _Part:
    """A panel of one open page, and what the browser has of it."""

    panel: Panel
    answers: Answers
    csrf: str
    seen: Sequence[int] = ()
    sent: str = ""

    def changed(self) -> str:
        """How it looks now; empty if it looks as before."""
        found = look_at(self.panel, self.answers)
        seen = [*(answer.number for answer in found.values()), slow_seconds(found)]
        if seen == self.seen:
            return ""
        self.seen, before = seen, self.sent
        self.sent = render_panel(self.panel, found, self.csrf)
        return "" if self.sent == before else self.sent
