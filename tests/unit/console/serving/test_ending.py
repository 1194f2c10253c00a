"""Nothing that a browser waits for keeps the server from ending."""

from __future__ import annotations

import asyncio
from typing import Any

from console.serving.ending import Ending

Messages = list[Any]


async def _ended(app: Any) -> Messages:
    """What is sent if the server is ended once the application says so."""
    ending, begun, sent = asyncio.Event(), asyncio.Event(), Messages()

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "begun": begun}
    answering = asyncio.ensure_future(Ending(app, ending)(scope, receive, send))
    await begun.wait()
    ending.set()
    await asyncio.wait_for(answering, 5)
    return sent


def test_who_waits_for_aws_is_told_that_it_may_have_been_done() -> None:
    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        scope["begun"].set()
        await asyncio.Event().wait()

    start, body = asyncio.run(_ended(app))
    assert start["status"] == 503
    assert b"The console was ended before AWS had answered." in body["body"]
    assert b"may have been done" in body["body"]


def test_a_stream_that_is_not_read_ends_without_a_word() -> None:
    async def app(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        scope["begun"].set()
        await asyncio.Event().wait()

    assert [one["type"] for one in asyncio.run(_ended(app))] == ["http.response.start"]


def test_what_is_about_to_be_answered_is_answered() -> None:
    async def app(scope: Any, _receive: Any, send: Any) -> None:
        scope["begun"].set()
        await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"here"})

    assert asyncio.run(_ended(app))[-1]["body"] == b"here"
