"""A loopback server that answers from a script."""

import http.server
import socket
from collections.abc import Callable
from typing import Any

from github_client.api import GitHubApi

Script = list[tuple[int, dict[str, str], bytes]]


class ScriptedServer(http.server.ThreadingHTTPServer):
    script: Script
    seen: list[tuple[str, str, dict[str, str], bytes]]


class ScriptHandler(http.server.BaseHTTPRequestHandler):
    server: ScriptedServer

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        status, headers, data = self.server.script.pop(0)
        if status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base class's names

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


Connect = Callable[..., GitHubApi]
