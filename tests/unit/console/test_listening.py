"""The address that the console prints can be opened at once."""

from __future__ import annotations

import socket

from console.command import _listen


def test_who_opens_the_address_before_the_server_runs_is_not_refused() -> None:
    with _listen(0) as listening:
        socket.create_connection(listening.getsockname(), timeout=5).close()
