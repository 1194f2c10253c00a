"""A server that starts is waited for as long as it shows signs of life."""

import sys
from pathlib import Path

import pytest

from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.server_process import ServerProcess
from rehearsal.processes import free_port

_ANSWERS = """
import http.server, sys
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Healthy).serve_forever()
"""


def _start(code: str, folder: Path) -> ServerProcess:
    port = free_port()
    server = ServerProcess("server", [sys.executable, "-c", code, str(port)])
    server.start(port, folder, {}, folder / "server.log")
    return server


def test_a_server_that_answers_has_started(tmp_path: Path) -> None:
    server = _start(_ANSWERS, tmp_path)
    assert server.is_running()
    server.stop()
    assert not server.is_running()


def test_a_server_that_ends_names_its_log(tmp_path: Path) -> None:
    with pytest.raises(RehearsalError, match="ended while it started") as refused:
        _start("raise SystemExit('no')", tmp_path)
    assert refused.value.log == tmp_path / "server.log"
