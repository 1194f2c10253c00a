"""The address that the console prints can be opened at once."""

from __future__ import annotations

import asyncio
import socket

from console.command import _listen


def test_who_opens_the_address_before_the_server_runs_is_not_refused() -> None:
    with _listen(0) as listening:
        socket.create_connection(listening.getsockname(), timeout=5).close()


def test_what_is_sent_does_not_wait_for_acknowledgements() -> None:
    async def seen() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            sent_by = writer.get_extra_info("socket")
            found.set_result(sent_by.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with _listen(0) as listening:
            address = listening.getsockname()
            async with await asyncio.start_server(note, sock=listening):
                _, writer = await asyncio.open_connection(*address)
                told = await asyncio.wait_for(found, 5)
                writer.close()
                await writer.wait_closed()
                return told

    assert asyncio.run(seen())
