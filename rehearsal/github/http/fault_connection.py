"""What a fault does to a connection over a real socket, served by uvicorn."""

import asyncio
import contextlib
import socket
import struct
from http import HTTPStatus

import psutil
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

MARKER = "AWS_LAMBDA_FUNCTION_NAME"
_DIE_SECONDS = 5.0


class SocketConnection:
    """The connection of one request; must be given uvicorn's own ``send``."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        # uvicorn's `send` is a method of the object that also holds the transport.
        self._transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]

    async def reset(self) -> None:
        """Close without lingering, which makes the kernel send RST instead of FIN."""
        raw = self._transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
        await self.keep_silent()

    async def cut(self, answer: Response) -> None:
        """Send the head and half of the body; of an answer without a body, ``HTTP/``.

        Clients take a head for whole if the connection ends anywhere after its first line.
        """
        half = answer.body[: len(answer.body) // 2]
        self._transport.write(_head(answer) + half if answer.body else b"HTTP/")
        self._transport.close()
        await self.keep_silent()

    async def keep_silent(self) -> None:
        """Wait until uvicorn says that the client has gone; a stop of the server is no answer."""
        try:
            while (await self._receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            self._transport.abort()
            raise

    async def kill_caller(self) -> str:
        """Kill the process at the other end; only one of a Lambda function is ever killed."""
        caller, refusal = await run_in_threadpool(_find_victim, self._scope)
        if caller is None:
            return refusal
        with contextlib.suppress(psutil.NoSuchProcess):
            caller.kill()
        await run_in_threadpool(psutil.wait_procs, [caller], _DIE_SECONDS)
        self._transport.abort()
        await self.keep_silent()
        return ""


def _head(answer: Response) -> bytes:
    phrase = HTTPStatus(answer.status_code).phrase
    headers = {key.lower(): value for key, value in answer.raw_headers}
    headers.setdefault(b"content-length", str(len(answer.body)).encode())
    lines = [f"HTTP/1.1 {answer.status_code} {phrase}".encode()]
    lines += [key + b": " + value for key, value in headers.items()]
    return b"\r\n".join([*lines, b"", b""])


def _find_victim(scope: Scope) -> tuple[psutil.Process | None, str]:
    """The process that owns the client's end, or why it is not to be killed."""
    client, server = tuple(scope["client"]), tuple(scope["server"])
    for connection in psutil.net_connections("tcp"):
        if tuple(connection.laddr) == client and tuple(connection.raddr) == server:
            return _checked(connection.pid)
    return None, "The fault kills a process, and the process that asked was not found."


def _checked(pid: int | None) -> tuple[psutil.Process | None, str]:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid) if pid else None
        if process is not None and MARKER in process.environ():
            return process, ""
    return None, (
        "The fault kills a process, but only that of a Lambda function "
        f"({MARKER} in its environment), and this request came from another."
    )
