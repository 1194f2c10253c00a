"""HTTP connections to a server that listens in a socket file."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection

# Through an open folder a path of any length is short enough for a socket's address.
_OPEN_FOLDERS = Path("/proc/self/fd")


class SocketConnection(HTTPConnection):
    """A connection to the socket at a path."""

    def __init__(self, *, path: str, **options: Any) -> None:
        super().__init__(**options)
        self._path = path

    def connect(self) -> None:
        """Open it."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class SocketPool(urllib3.HTTPConnectionPool):
    """Up to 16 connections to the socket of a folder; close it to let go of the folder."""

    ConnectionCls = SocketConnection

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        reached = _OPEN_FOLDERS / str(self._folder) if _OPEN_FOLDERS.is_dir() else folder
        super().__init__("localhost", maxsize=16, retries=False, path=str(reached / name))

    def close(self) -> None:
        """Close the connections and the folder."""
        super().close()
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1
