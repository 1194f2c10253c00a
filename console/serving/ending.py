"""Lets the server end at once, whatever its answers wait for."""

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.serving.refusals import refuse

# For what a stream or page that is under way still sends.
_GRACE_SECONDS = 0.5
_ENDED = (
    "The console was ended before AWS had answered. What was sent to AWS may have been done; look "
    "at it there, or start the console again."
)


class Ending:
    """Answers what is under way when the server is to end, by one sentence if need be.

    Args:
        app: whose answers they are.
        ending: set when the server is to end.
    """

    def __init__(self, app: ASGIApp, ending: asyncio.Event) -> None:
        self._app = app
        self._ending = ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        answering = asyncio.ensure_future(self._app(scope, receive, note))
        if await self._is_answered(answering):
            answering.result()  # raises what it raised
        elif not has_begun:
            await refuse(503, _ENDED)(scope, receive, send)

    async def _is_answered(self, answering: asyncio.Future[None]) -> bool:
        """Wait for an answer, but not beyond the end of the server."""
        ended = asyncio.ensure_future(self._ending.wait())
        both: set[asyncio.Future[Any]] = {answering, ended}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({answering}, timeout=0 if answering.done() else _GRACE_SECONDS)
            return answering.done()
        finally:
            ended.cancel()
            answering.cancel()
