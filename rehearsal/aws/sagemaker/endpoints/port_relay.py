"""Starts a server that listens on a port of its loopback, and hands it what comes to a socket.

`port_relay.py SOCKET PORT PROGRAM…` runs in the container's network namespace, where nobody else
reaches the port. It needs the standard library alone, and ends as the program ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError), contextlib.closing(target):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()


async def _run(socket: str, port: int, argv: list[str]) -> int:
    async def relay(client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        try:
            server, requests = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:  # it does not listen yet
            answers.close()
            return
        await asyncio.gather(_pump(client, requests), _pump(server, answers))

    program = await asyncio.create_subprocess_exec(*argv)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, program.terminate)
    async with await asyncio.start_unix_server(relay, socket):
        return await program.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(_run(sys.argv[1], int(sys.argv[2]), sys.argv[3:])))
