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

from console.asking.answers import Answer, Answers
from console.serving.page import Page, Panel, find_absent, look_at_all, render_panel, slow_seconds
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
    parts = [_Part(panel, csrf) for panel in page.panels]
    pauses = 0
    yield "retry: 2000\n\n"
    while not ending.is_set() and not await request.is_disconnected():
        looks = await run_in_threadpool(look_at_all, page, answers)
        absent = find_absent(looks)
        if absent is not None:
            yield _event("absent", {"html": absent_content(absent)})
            return
        for part, found in zip(parts, looks, strict=True):
            text = await run_in_threadpool(part.changed, found)
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
    csrf: str
    seen: Sequence[int] = ()
    sent: str = ""

    def changed(self, found: Mapping[str, Answer]) -> str:
        """How it looks with what is known now; empty if it looks as before."""
        seen = [*(answer.number for answer in found.values()), slow_seconds(found)]
        if seen == self.seen:
            return ""
        self.seen, before = seen, self.sent
        self.sent = render_panel(self.panel, found, self.csrf)
        return "" if self.sent == before else self.sent
