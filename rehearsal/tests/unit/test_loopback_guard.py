"""Which requests reach a local server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rehearsal.loopback_guard import LoopbackGuard

HERE = {"host": "127.0.0.1:4000"}


def _status(headers: dict[str, str]) -> int:
    sent: list[Any] = []

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    guard = LoopbackGuard(application)
    asyncio.run(guard({"type": "http", "headers": pairs}, None, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    "headers",
    [
        HERE,
        {"host": "localhost"},
        {"host": "[::1]:4000"},
        {"host": "bucket.localhost:4000"},
        {**HERE, "origin": "http://127.0.0.1:5000"},
        {**HERE, "sec-fetch-site": "none"},
    ],
)
def test_a_program_of_this_machine_is_answered(headers: dict[str, str]) -> None:
    assert _status(headers) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": ""},
        {"host": "evil.example:4000"},  # a name that was made to resolve to 127.0.0.1
        {"host": "127.0.0.1.evil.example"},
        {"host": "[half"},
        {**HERE, "origin": "https://evil.example"},
        {**HERE, "origin": "null"},
        {**HERE, "origin": "http://localhost.evil.example"},
        {**HERE, "sec-fetch-site": "cross-site"},  # an image or a form that says no origin
    ],
)
def test_a_page_of_another_site_is_refused(headers: dict[str, str]) -> None:
    assert _status(headers) == 403
