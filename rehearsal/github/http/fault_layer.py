"""The outermost layer of the application: notes every request, and makes the faults happen.

What a fault does to the connection is the business of a ``Connection``: over sockets it is
``fault_connection.py``; tests without sockets bring their own.
"""

import re
from collections.abc import Callable
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rehearsal.github.core.errors import refusal
from rehearsal.github.core.faults import FaultWish
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.request_log import AskedRequest
from rehearsal.github.http.secondary_limits import SECONDARY_LIMIT

_GIT = re.compile(r"/[^/]+/[^/]+/(info/refs|git-upload-pack|git-receive-pack)")
_SAID = {
    404: "Not Found",
    429: SECONDARY_LIMIT,
    403: SECONDARY_LIMIT,
    500: "Server Error",
    502: "Server Error",
    503: "Service unavailable",
}


class Connection(Protocol):
    """What may befall the connection of one request; none of these comes back with an answer."""

    async def reset(self) -> None:
        """End it at once, unanswered."""

    async def cut(self, answer: Response) -> None:
        """Send the first half of an answer, then end it."""

    async def keep_silent(self) -> None:
        """Say nothing until the client gives up."""

    async def kill_caller(self) -> str:
        """Kill the process that asked; returns why not if it may not be killed, else nothing."""


MakeConnection = Callable[[Scope, Receive, Send], Connection]


class FaultLayer:
    """Wraps an ASGI application; only REST and git requests are noted and hit."""

    def __init__(
        self, application: ASGIApp, github: LocalGitHub, connection: MakeConnection
    ) -> None:
        self._application = application
        self._github = github
        self._connection = connection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request of the server."""
        if scope["type"] != "http" or not is_github(scope["path"]):
            await self._application(scope, receive, send)
            return
        method, path, query = scope["method"], scope["path"], scope["query_string"].decode()
        headers = Headers(scope=scope)
        caller = self._github.access.caller(headers.get("authorization"))
        agent, login = headers.get("user-agent", ""), caller.account.login if caller else None
        asked = self._github.requests.begin(method, path, query, agent, login)
        noting = _NotingSend(send, asked)
        wish = self._github.faults.strike(asked)
        try:
            if wish is None:
                await self._application(scope, receive, noting)
            else:
                asked.fault = wish.fault
                await self._hit(wish, scope, receive, noting)
        finally:
            self._github.requests.end(asked, noting.location)

    async def _hit(
        self, wish: FaultWish, scope: Scope, receive: Receive, send: "_NotingSend"
    ) -> None:
        applied: Response | None = None
        if wish.is_applied:
            applied = await _whole_answer(self._application, scope, receive)
        else:
            await _drain(receive)
        # The transport hangs on the server's own `send`, not on the one that takes notes.
        connection = self._connection(scope, receive, send.wrapped)
        if wish.status:
            await _answer(wish, scope["path"])(scope, receive, send)
        elif wish.fault in {"reset", "reset-after"}:
            await connection.reset()
        elif wish.fault in {"timeout", "lost"}:
            await connection.keep_silent()
        elif wish.fault == "cut" and applied is not None:
            await connection.cut(applied)
        elif why_not := await connection.kill_caller():
            await JSONResponse(refusal(500, why_not), 500)(scope, receive, send)


def is_github(path: str) -> bool:
    """True for REST and git; the rehearsal's own addresses, logs and OIDC are not GitHub's API."""
    return path.startswith("/api/v3/") or _GIT.fullmatch(path) is not None


class _NotingSend:
    """A ``send`` that notes the answer's status and the address of what it made."""

    def __init__(self, wrapped: Send, asked: AskedRequest) -> None:
        self.wrapped = wrapped
        self.location = ""
        self._asked = asked

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._asked.status = message["status"]
            if message["status"] == 201:
                self.location = dict(message["headers"]).get(b"location", b"").decode()
        await self.wrapped(message)


async def _whole_answer(application: ASGIApp, scope: Scope, receive: Receive) -> Response:
    start: Message = {}
    pieces: list[bytes] = []

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            pieces.append(message.get("body", b""))

    await application(scope, receive, collect)
    answer = Response(b"".join(pieces), start["status"])
    answer.raw_headers = list(start["headers"])
    return answer


async def _drain(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request":
        if not message.get("more_body"):
            return


def _answer(wish: FaultWish, path: str) -> Response:
    """The answer of a fault that answers with a status."""
    wait = {"Retry-After": str(wish.retry_after)} if wish.status in (403, 429) else {}
    if path.startswith("/api/v3/"):
        return JSONResponse(refusal(wish.status, _SAID[wish.status]), wish.status, wait)
    text = "Repository not found." if wish.status == 404 else _SAID[wish.status]
    return PlainTextResponse(text, wish.status, wait)
