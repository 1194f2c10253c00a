"""Requests as MiniStack hands them to a service, and what they say before anybody validates it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from ministack.core.router import extract_access_key_id

from rehearsal.aws.emulator.wrapping import wrap


class Request(NamedTuple):
    """One request; the members are those of a service's `handle_request`."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, list[str]]

    @property
    def access_key_id(self) -> str:
        """Who signed it; empty when nobody did."""
        return str(extract_access_key_id(self.headers, self.query) or "")

    @property
    def operation(self) -> str:
        """What a request in JSON asks for; empty for any other."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]

    @property
    def texts(self) -> dict[str, str]:
        """The members of a request to a service that takes forms and JSON, with its `Action`.

        They are read as MiniStack reads them: what it would not see is not judged either.
        """
        is_json = "amz-json" in self.headers.get("content-type", "")
        members = json_members(self.body) if is_json else {}
        if members:
            return {"Action": self.operation, **{name: str(text) for name, text in members.items()}}
        body = self.body.decode("utf-8", errors="replace") if self.method == "POST" else ""
        form = {**self.query, **parse_qs(body)}
        return {name: texts[0] for name, texts in form.items() if texts}


Serve = Callable[[Request], Awaitable[Any]]
"""Gives status, headers and body of the answer."""


def serve_first(service: Any, serve: Callable[[Request, Serve], Awaitable[Any]]) -> None:
    """Hand the requests of a service's module to `serve`, with who served them before."""

    async def handle_request(handle: Any, *members: Any) -> Any:
        return await serve(Request(*members), lambda request: handle(*request))

    wrap(handle_request, "handle_request", service)


def json_members(body: bytes) -> dict[str, Any]:
    """The members of a body in JSON; empty when it is nothing of the kind."""
    try:
        members = json.loads(body or b"{}")
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}
