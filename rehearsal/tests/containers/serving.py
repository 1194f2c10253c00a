"""The server of a local image, as a real process on a free port."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .image import Image

START_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    media_type: str


@dataclass(frozen=True)
class Server:
    """A running server; its process group is its own."""

    port: int
    process: subprocess.Popen[bytes]
    connection: http.client.HTTPConnection

    def invoke(
        self, body: str, content_type: str | None = "text/csv", accept: str | None = None
    ) -> Answer:
        headers = {"Content-Type": content_type, "Accept": accept}
        return self.send(body.encode(), {name: text for name, text in headers.items() if text})

    def ping(self) -> int:
        self.connection.request("GET", "/ping")
        response = self.connection.getresponse()
        response.read()
        return response.status

    def send(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.connection.request("POST", "/invocations", body, dict(headers))
        response = self.connection.getresponse()
        return Answer(
            response.status, response.read().decode(), response.headers.get_content_type()
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unpack(package: Path, base: Path) -> None:
    (base / "model").mkdir()
    subprocess.run(["tar", "-xf", str(package), "-C", str(base / "model")], check=True, timeout=60)


# As in network isolation, and what code needs for it.
ISOLATED = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}


def variables(base: Path, port: int, program: str | None = "inference.py") -> dict[str, str]:
    chosen = {} if program is None else {"SAGEMAKER_PROGRAM": program}
    return {
        **chosen,
        **ISOLATED,
        "SAGEMAKER_BASE_DIR": str(base),
        "SAGEMAKER_BIND_TO_PORT": str(port),
        "SAGEMAKER_SUBMIT_DIRECTORY": str(base / "model/code"),
        "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
    }


@contextlib.contextmanager
def serving(
    image: Image, base: Path, program: str | None = "inference.py", **changes: str
) -> Iterator[Server]:
    port = free_port()
    with (base / "server.log").open("wb") as log:
        process = subprocess.Popen(
            image.command("serve"),
            env=image.environment(**{**variables(base, port, program), **changes}),
            stdout=log,
            stderr=log,
        )
        try:
            wait_for_ping(port, process, base / "server.log")
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            with contextlib.closing(connection):
                yield Server(port, process, connection)
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for_ping(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=2),
        ):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())
