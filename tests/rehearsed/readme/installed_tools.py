"""The real `aws` and `gh`, where they are installed, and what leads them to the local servers."""

import contextlib
import re
import shutil
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal.conductor.github_setup import PLATFORM_ENGINEER
from rehearsal.conductor.world import World

# As the documents say; the AWS CLI hears AWS_ENDPOINT_URL since 2.13.
OLDEST = {"aws": (2, 13), "gh": (2, 23)}


def why_not(tool: str) -> str | None:
    """Why a tool cannot be used here; None if it can."""
    oldest = ".".join(map(str, OLDEST[tool]))
    if shutil.which(tool) is None:
        return f"{tool} {oldest} or newer is not installed"
    told = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", told)
    if found is None or (int(found[1]), int(found[2])) < OLDEST[tool]:
        return f"{tool} {oldest} or newer is needed, and this is: {told.strip()}"
    return None


@contextmanager
def signed_in_to_github(world: World, folder: Path) -> Iterator[dict[str, str]]:
    """What `gh auth login` leaves behind, as environment variables.

    `gh` speaks HTTPS alone, except through a Unix socket: this one leads to the local GitHub.
    """
    config, path = folder / "gh", folder / "gh.sock"
    config.mkdir()
    (config / "config.yml").write_text(f"http_unix_socket: {path}\n", encoding="utf-8")
    with socketserver.ThreadingUnixStreamServer(str(path), _Forward) as server:
        server.github = ("127.0.0.1", world.record.github_port)  # type: ignore[attr-defined]
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield {
                "GH_CONFIG_DIR": str(config),
                "GH_HOST": "127.0.0.1",
                "GH_ENTERPRISE_TOKEN": world.record.tokens[PLATFORM_ENGINEER],
                "GH_PROMPT_DISABLED": "1",
                "GH_NO_UPDATE_NOTIFIER": "1",
            }
        finally:
            server.shutdown()
            serving.join()


class _Forward(socketserver.BaseRequestHandler):
    """Hands on what comes, both ways, until both sides have said all."""

    def handle(self) -> None:
        with socket.create_connection(self.server.github) as github:  # type: ignore[attr-defined]
            answering = threading.Thread(target=_copy, args=(github, self.request))
            answering.start()
            _copy(self.request, github)
            answering.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side has gone
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
