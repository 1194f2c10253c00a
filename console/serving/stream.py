"""Keeps open pages up to date: each panel is sent again when it looks different."""

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from console.asking.answers import Answers
from console.serving.page import Page, render_panel

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
    sent: dict[str, str] = {}
    pauses = 0
    yield "retry: 2000\n\n"
    while not ending.is_set() and not await request.is_disconnected():
        for panel in page.panels:
            text = await run_in_threadpool(render_panel, panel, answers, csrf)
            if sent.get(panel.name) != text:
                sent[panel.name] = text
                told = json.dumps({"name": panel.name, "html": text})
                yield f"event: panel\ndata: {told}\n\n"
        pauses += 1
        if pauses % _HEARTBEAT_PAUSES == 0:
            yield ": here\n\n"
        try:
            await asyncio.wait_for(ending.wait(), _PAUSE_SECONDS)
        except TimeoutError:
            continue
