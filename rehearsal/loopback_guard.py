"""Keeps web pages from the local servers, which every browser of this machine can reach."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_REFUSAL = (
    b"This server answers programs of this machine alone: address it as 127.0.0.1, and not from a "
    b"web page.\n"
)


class LoopbackGuard:
    """An ASGI application that refuses, with 403, what a page of another site may have sent.

    Its name resolves to this machine (so `Host` is foreign), or its page says where it is from
    (`Origin`, or `Sec-Fetch-Site` where a browser sends no origin).
    """

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand over what comes from this machine's programs."""
        if scope["type"] != "http" or _is_from_here(scope["headers"]):
            await self._application(scope, receive, send)
            return
        await answer(send, 403, b"text/plain", _REFUSAL)


async def answer(send: Any, status: int, kind: bytes, body: bytes) -> None:
    """Answer an ASGI request with a body that is there."""
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _is_from_here(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    given = {name.lower(): value.decode("latin-1") for name, value in headers}
    origin = given.get(b"origin")
    return (
        _is_loopback(f"//{given.get(b'host', '')}")
        and (origin is None or _is_loopback(origin))
        and given.get(b"sec-fetch-site") != "cross-site"
    )


def _is_loopback(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return host in _LOOPBACK or host.endswith(".localhost")
