"""An image of one's own as Docker runs it: over a folder as `/opt/ml`, and without a network.

`make contract IMAGE=ADDRESS` holds it to the contract. Requests are sent from inside, by the
image's own `python3`, since nobody reaches a container without a network.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .contract import Ended
from .serving import START_SECONDS, Answer

PORT = "8080"
_SEND = """
import json, sys, urllib.error, urllib.request
port, path, body = sys.argv[1:]
url, data = f"http://127.0.0.1:{port}{path}", body.encode() if path == "/invocations" else None
try:
    answer = urllib.request.urlopen(
        urllib.request.Request(url, data, {"Content-Type": "text/csv"}), timeout=30
    )
except urllib.error.HTTPError as error:
    answer = error
print(json.dumps([answer.status, answer.read().decode(), answer.headers.get_content_type()]))
"""
_SERVING = {
    "PIP_NO_BUILD_ISOLATION": "0",
    "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}


@dataclass(frozen=True)
class DockerServer:
    """A container that serves, by its name."""

    docker: str
    name: str
    process: subprocess.Popen[bytes]

    def ping(self) -> int:
        return self._send("/ping", "").status

    def invoke(self, body: str) -> Answer:
        return self._send("/invocations", body)

    def wait(self, log: Path) -> None:
        """Ask until it answers, which it does some time after Docker started it."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.ping()
                return
            time.sleep(0.2)
        raise AssertionError(log.read_text())

    def _send(self, path: str, body: str) -> Answer:
        argv = [self.docker, "exec", self.name, "python3", "-c", _SEND, PORT, path, body]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
        return Answer(*json.loads(done.stdout))


@dataclass(frozen=True)
class DockerImage:
    """An image that Docker has or can pull.

    Args:
        docker: the program.
    """

    address: str
    docker: str = "docker"

    def path(self, _base: Path, name: str) -> str:
        return f"/opt/ml/{name}"

    def process(self, base: Path, script: str, *arguments: str) -> Ended:
        options = ["--entrypoint", "python3"]
        return self._ended(base, options, [f"/opt/ml/{script}", *arguments])

    def train(self, base: Path) -> Ended:
        return self._ended(base, _variables({"PIP_NO_BUILD_ISOLATION": "0"}), ["train"])

    @contextlib.contextmanager
    def serve(self, base: Path) -> Iterator[DockerServer]:
        name = f"contract-{uuid.uuid4().hex}"
        argv = self._run(base, ["--name", name, *_variables(_SERVING)], ["serve"])
        with (base / "server.log").open("wb") as log:
            process = subprocess.Popen(argv, stdout=log, stderr=log)
        server = DockerServer(self.docker, name, process)
        try:
            server.wait(base / "server.log")
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)

    def serve_to_the_end(self, base: Path) -> Ended:
        return self._ended(base, _variables(_SERVING), ["serve"])

    def _ended(self, base: Path, options: Sequence[str], program: Sequence[str]) -> Ended:
        done = subprocess.run(self._run(base, options, program), capture_output=True, text=True)
        return Ended(done.returncode, done.stdout + done.stderr)

    def _run(self, base: Path, options: Sequence[str], program: Sequence[str]) -> list[str]:
        place = ["--network", "none", "--volume", f"{base}:/opt/ml"]
        return [self.docker, "run", "--rm", *place, *options, self.address, *program]


def _variables(values: dict[str, str]) -> list[str]:
    return [part for name, value in values.items() for part in ("--env", f"{name}={value}")]
