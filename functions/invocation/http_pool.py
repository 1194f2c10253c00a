"""The HTTP transport that is passed in: a whole request ends in time, and an answer has a size.

A read time-out begins anew with every byte, so that an answer that drips has no end. Here `total`
of urllib3's `Timeout` bounds everything from connecting to the answer's last byte: when it is over
the connection is shut down, at whatever stage it is.
"""

import contextlib
import io
import os
import socket
import threading
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Protocol

import urllib3

MIB = 1024 * 1024
MOST_BYTES = 16 * MIB
WHOLE_REQUEST_SECONDS = 60.0
_PIECE_BYTES = 64 * 1024


class HttpPool(Protocol):
    """The part of `BoundedPool` in use."""

    def request(self, method: str, url: str, **options: Any) -> urllib3.BaseHTTPResponse:
        """Send one request."""
        ...


class UnboundedAnswerError(urllib3.exceptions.HTTPError):
    """An answer was not taken to its end; whether the request was applied is not known."""


class AnswerTooSlowError(UnboundedAnswerError):
    """The answer was not whole in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"its answer was not whole after {seconds:.0f} seconds")


class AnswerTooLargeError(UnboundedAnswerError):
    """The answer goes on beyond what is taken."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"its answer is larger than {most_bytes} bytes")


class BoundedPool:
    """Connections of urllib3 whose answers have an end; may be shared by threads."""

    def __init__(self) -> None:
        self._manager = urllib3.PoolManager()
        self._manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def request(self, method: str, url: str, **options: Any) -> urllib3.BaseHTTPResponse:
        """Send one request and take its whole answer.

        Args:
            method: the HTTP verb.
            url: where it goes.
            options: urllib3's, of which `timeout` is a `Timeout` with `total` for the whole
                request (a minute, if it has none); and `most_bytes` of the decoded answer.

        Raises:
            UnboundedAnswerError: the answer is too slow or too large.
        """
        most_bytes = options.pop("most_bytes", MOST_BYTES)
        seconds = options["timeout"].total or WHOLE_REQUEST_SECONDS
        with _Watch(seconds) as watch:
            try:
                response = self._manager.request(method, url, preload_content=False, **options)
                content = _read(response, most_bytes)
            except AnswerTooLargeError:
                raise
            except (urllib3.exceptions.HTTPError, OSError):
                if watch.is_over:
                    raise AnswerTooSlowError(seconds) from None
                raise
            if watch.is_over:  # an answer that ends with its connection seems whole
                raise AnswerTooSlowError(seconds)
        return urllib3.HTTPResponse(
            io.BytesIO(content),
            headers=response.headers,
            status=response.status,
            decode_content=False,
            enforce_content_length=False,
        )

    def clear(self) -> None:
        """Close the connections that wait for another request."""
        self._manager.clear()


def _read(response: urllib3.BaseHTTPResponse, most_bytes: int) -> bytes:
    pieces, left_bytes = [], most_bytes
    try:
        for piece in response.stream(_PIECE_BYTES):
            left_bytes -= len(piece)
            if left_bytes < 0:
                raise AnswerTooLargeError(most_bytes)
            pieces.append(piece)
    except BaseException:
        response.close()
        raise
    return b"".join(pieces)


class _Watch:
    """Shuts the connection of one request down when its time is over.

    It holds a second descriptor of the connection, which stays good while TLS takes the first one
    over and when the answer outlives urllib3's hold on it.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Watch":
        self._token = _CURRENT.set(self)
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _CURRENT.reset(self._token)
        self._timer.cancel()
        with self._lock:
            self._hold(None)

    def over(self, connected: socket.socket) -> None:
        """Watch over this connection from now on."""
        line = socket.socket(fileno=os.dup(connected.fileno()))
        with self._lock:
            self._hold(line)
            if self.is_over:
                self._shut_down()

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            self._shut_down()

    def _hold(self, line: socket.socket | None) -> None:
        if self._line is not None:
            self._line.close()
        self._line = line

    def _shut_down(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._line.shutdown(socket.SHUT_RDWR)


_CURRENT: ContextVar[_Watch | None] = ContextVar("watch", default=None)


class _HttpConnection(urllib3.connection.HTTPConnection):
    """Tells the request's watch which connection it uses, a new one or one that waited."""

    def _new_conn(self) -> socket.socket:
        return _watched(super()._new_conn())

    def request(self, *arguments: Any, **options: Any) -> None:
        if self.sock is not None:
            _watched(self.sock)
        super().request(*arguments, **options)


class _HttpsConnection(_HttpConnection, urllib3.connection.HTTPSConnection):
    """The same with TLS, whose handshake is watched too."""


def _watched(connected: socket.socket) -> socket.socket:
    watch = _CURRENT.get()
    if watch is not None:
        watch.over(connected)
    return connected


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection
