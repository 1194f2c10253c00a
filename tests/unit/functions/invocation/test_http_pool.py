"""A request ends in time and its answer has a size, over real sockets."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3

from invocation.http_pool import AnswerTooLargeError, AnswerTooSlowError, BoundedPool

_HEAD = b"HTTP/1.1 200 OK\r\n"
_WHOLE_SECONDS = 0.4
_MOST_BYTES = 100_000
_PATIENCE = 10
Play = Callable[[socket.socket], None]


class Server:
    """A loopback server that does one play a connection, in turn, after the request's head."""

    def __init__(self, *plays: Play) -> None:
        self._plays = list(plays)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.gone = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        for play in self._plays:
            try:
                connection = self._listener.accept()[0]
            except OSError:  # nobody asked for this play
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                connection.recv(65536)
                play(connection)
        self.gone.set()

    def close(self) -> None:
        """Wait for the last play, but not for one that nobody asked for."""
        self._thread.join(_PATIENCE)
        with contextlib.suppress(OSError):  # closed, it would still accept
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()


def _drip(head: bytes) -> Play:
    """Send a head, and then twenty bytes a second until the client goes."""

    def play(connection: socket.socket) -> None:
        connection.sendall(head)
        connection.settimeout(0.05)
        for _ in range(200):
            connection.sendall(b"x")
            with contextlib.suppress(TimeoutError):
                if not connection.recv(1):
                    return

    return play


def _pour(head: bytes, piece: bytes) -> Play:
    """Send a head, and then 300 MB."""

    def play(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(300_000_000 // len(piece)):
            connection.sendall(piece)

    return play


def _say(content: bytes) -> Play:
    def play(connection: socket.socket) -> None:
        connection.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % len(content) + content)

    return play


def _say_twice(connection: socket.socket) -> None:
    _say(b"first")(connection)
    connection.recv(65536)
    _drip(_HEAD + b"Content-Length: 1000\r\n\r\n")(connection)


@pytest.fixture
def pool() -> Iterator[BoundedPool]:
    """The transport."""
    pool = BoundedPool()
    yield pool
    pool.clear()


@contextlib.contextmanager
def _serving(*plays: Play) -> Iterator[Server]:
    with contextlib.closing(Server(*plays)) as server:
        yield server


def _ask(pool: BoundedPool, server: Server, **options: float) -> urllib3.BaseHTTPResponse:
    return pool.request(
        "GET",
        server.url,
        timeout=urllib3.Timeout(connect=1, read=0.3, total=options.get("total", _WHOLE_SECONDS)),
        most_bytes=_MOST_BYTES,
        retries=False,
    )


DRIPS = {
    "status line": _drip(b"HTTP/1.1 200 O"),
    "headers": _drip(_HEAD + b"X-Long: "),
    "body": _drip(_HEAD + b"Content-Length: 1000\r\n\r\n"),
    "body that ends with the connection": _drip(_HEAD + b"Connection: close\r\n\r\n"),
    "chunks": _drip(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n"),
}


@pytest.mark.parametrize("stage", DRIPS)
def test_an_answer_that_drips_is_lost_at_the_requests_end(pool: BoundedPool, stage: str) -> None:
    with _serving(DRIPS[stage]) as server:
        began = time.monotonic()
        with pytest.raises(AnswerTooSlowError, match="was not whole after"):
            _ask(pool, server)
        assert time.monotonic() - began < _WHOLE_SECONDS + 0.5
        assert server.gone.wait(5), "the connection stayed open"


def test_an_answer_that_drips_is_lost_on_a_connection_that_waited(pool: BoundedPool) -> None:
    with _serving(_say_twice) as server:
        assert _ask(pool, server).data == b"first"
        with pytest.raises(AnswerTooSlowError):
            _ask(pool, server)


_BOMB = gzip.compress(bytes(30_000_000))


def _bomb(connection: socket.socket) -> None:
    head = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(_BOMB)
    connection.sendall(_HEAD + head + _BOMB)


POURS = {
    "known length": _pour(_HEAD + b"Content-Length: 300000000\r\n\r\n", b"x" * 65536),
    "unknown length": _pour(_HEAD + b"Connection: close\r\n\r\n", b"x" * 65536),
    "compressed": _bomb,
}


@pytest.mark.parametrize("kind", POURS)
def test_an_answer_that_pours_is_lost_at_its_most_bytes(pool: BoundedPool, kind: str) -> None:
    with _serving(POURS[kind]) as server:
        with pytest.raises(AnswerTooLargeError, match=f"larger than {_MOST_BYTES} bytes"):
            _ask(pool, server, total=5)
        assert server.gone.wait(5), "the connection stayed open"


@pytest.mark.parametrize("size", [0, 1, _MOST_BYTES])
def test_an_answer_within_its_bounds_is_taken_whole(pool: BoundedPool, size: int) -> None:
    with _serving(_say(b"x" * size)) as server:
        answer = _ask(pool, server)
    assert (answer.status, len(answer.data)) == (200, size)
    assert answer.headers["content-length"] == str(size)


def test_nothing_is_left_open(pool: BoundedPool) -> None:
    before = _open_files()
    with _serving(_say(b"a"), DRIPS["body"]) as server:
        _ask(pool, server)
        with pytest.raises(urllib3.exceptions.HTTPError):
            _ask(pool, server)
    pool.clear()
    assert _open_files() == before


def _open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))
