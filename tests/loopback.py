"""HTTP servers on loopback, in threads of the tests' own process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

Server = TypeVar("Server", bound=ThreadingHTTPServer)


class Answering(BaseHTTPRequestHandler):
    """Answers whoever reads, without a line in the terminal."""

    def answer(self) -> None:
        """Answer a request by `say`."""
        raise NotImplementedError

    def do_GET(self) -> None:
        self.answer()

    def say(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Give one answer."""
        self.send_response(status)
        for name, text in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Have a server answer until the block ends."""
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def address_of(server: ThreadingHTTPServer) -> str:
    """Where a server is asked."""
    return f"http://127.0.0.1:{server.server_port}"
