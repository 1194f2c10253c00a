"""The local GitHub without sockets: the same application, driven from the calling thread.

For tests that send very many requests. What goes wrong on a connection arrives as the exception
that urllib3 raises for it; a killed process as `FunctionKilled`, which no `except Exception` stops.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from json import dumps, loads
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urljoin, urlsplit

import urllib3
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from rehearsal.github.application import build_application
from rehearsal.github.core.faults import FaultPlan
from rehearsal.github.core.local_github import LocalGitHub, open_github
from rehearsal.github.core.request_log import RequestLog
from rehearsal.github.core.settings import Accounts, RunnerMachine
from rehearsal.github.http.secondary_limits import ContentLimit
from rehearsal.github.repositories.repositories import find_repository
from rehearsal.tests.github.pushes import CONTENT_TYPE, push_body
from tests.github_openapi import validate_exchange
from tests.killed_function import FunctionKilled

SERVER = "https://github.test"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOKEN = "ghp_full"
ACCOUNTS = {
    "users": [{"login": "octo", "id": 1001}, {"login": "stranger", "id": 1002}],
    "organizations": [
        {"login": "acme", "id": 2001, "members": ["octo"]},
        {"login": "bigcorp", "id": 2002, "members": ["octo", "stranger"], "plan": "enterprise"},
        {"login": "strict", "id": 2003, "members": ["octo"], "forbids_classic_tokens": True},
        {
            "login": "tight",
            "id": 2004,
            "members": ["octo", "stranger"],
            "owners": ["octo"],
            "members_create_private": False,
            "allowed_actions": ["actions/*"],
            "subject_claims": ["repository_owner_id"],
        },
    ],
    "tokens": [
        {"token": TOKEN, "login": "octo", "scopes": ["repo", "workflow", "delete_repo"]},
        {"token": "ghp_orgs", "login": "octo", "scopes": ["repo", "read:org"]},
        {"token": "ghp_admin", "login": "octo", "scopes": ["repo", "admin:org"]},
        {"token": "ghp_member", "login": "stranger", "scopes": ["repo", "admin:org"]},
        {"token": "ghp_no_delete", "login": "octo", "scopes": ["repo", "workflow"]},
        {"token": "ghp_no_workflow", "login": "octo", "scopes": ["repo"]},
        {"token": "ghp_stranger", "login": "stranger", "scopes": ["repo", "workflow"]},
    ],
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3


class SettableClock:
    """A clock that stands still until it is moved; call it for the time."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """Seconds since 1970, as `time.time`."""
        return self.now.timestamp()

    def advance(self, seconds: float) -> None:
        """Move on; stands in for `time.sleep` too."""
        self.now += timedelta(seconds=seconds)


class _Broken:
    """What faults do to the connection: raise through the application to the caller."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope

    async def reset(self) -> None:
        raise urllib3.exceptions.ProtocolError(
            "Connection aborted.", ConnectionResetError(104, "Connection reset by peer")
        )

    async def cut(self, answer: Response) -> None:
        got = len(answer.body) // 2
        broken = f"IncompleteRead({got} bytes read, {len(answer.body) - got} more expected)"
        raise urllib3.exceptions.ProtocolError(f"Connection broken: {broken}")

    async def keep_silent(self) -> None:
        url = self._scope["path"]
        raise urllib3.exceptions.ReadTimeoutError(None, url, "Read timed out.")  # type: ignore[arg-type]

    async def kill_caller(self) -> str:
        raise FunctionKilled(self._scope["path"])


class InProcessGitHub:
    """Answers as `urllib3.PoolManager` would, were the local GitHub behind it.

    Args:
        folder: an empty folder for the git data; records stay in memory.
        accounts: content of an accounts file.
        clock: GitHub's time.
        validate: check every REST exchange against GitHub's OpenAPI description.
        content_limit: writes a minute and an hour; (0, 0) lifts the secondary limits.
    """

    def __init__(
        self,
        folder: Path,
        *,
        accounts: Mapping[str, Any] = ACCOUNTS,
        clock: SettableClock | None = None,
        validate: bool = True,
        content_limit: tuple[int, int] = (80, 500),
    ) -> None:
        self.clock = clock or SettableClock()
        self.url = SERVER
        self.validate = validate
        self.github: LocalGitHub = open_github(
            state_dir=folder,
            accounts=Accounts.model_validate(accounts),
            server_url=SERVER,
            clock=self.clock,
            database=":memory:",
        )
        self.github.blocking = _at_once
        self.faults: FaultPlan = self.github.faults
        self.requests: RequestLog = self.github.requests
        self._application = build_application(
            self.github,
            RunnerMachine(path=()),
            folder,
            content_limit=ContentLimit(*content_limit),
            control_token="unused",
            connection=_Broken,
        )
        self._loop = asyncio.new_event_loop()
        self._turn = threading.Lock()

    def close(self) -> None:
        """Free what the event loop and the database hold."""
        self._loop.close()
        self.github.store.close()

    def __enter__(self) -> InProcessGitHub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def git_folder(self, full_name: str) -> Path:
        """The bare repository of `owner/name`, for git itself."""
        owner, name = full_name.split("/")
        return self.github.git(find_repository(self.github, owner, name)).path

    def rest(self, method: str, path: str, body: Any = None, *, token: str = TOKEN) -> Any:
        """What a test itself asks: the decoded answer; an error status fails the test."""
        answer = self.request(
            method,
            f"{self.github.api_url}{path}",
            body=None if body is None else dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "User-Agent": "test"},
        )
        assert answer.status < 400, (answer.status, answer.data)
        return loads(answer.data) if answer.data else None

    def push(self, full_name: str, branch: str, commit: str | None) -> None:
        """Point a branch at a commit that the repository holds, as a push does; None removes it."""
        owner, name = full_name.split("/")
        ref = f"refs/heads/{branch}"
        old = self.github.git(find_repository(self.github, owner, name)).ref(ref)
        answer = self.request(
            "POST",
            f"{SERVER}/{full_name}.git/git-receive-pack",
            body=push_body(ref, old, commit),
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": CONTENT_TYPE},
        )
        assert f"ok {ref}".encode() in answer.data, answer.data

    def request(
        self,
        method: str,
        url: str,
        body: bytes | str | None = None,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        *,
        retries: object = None,
        redirect: bool = True,
        **_options: Any,
    ) -> urllib3.HTTPResponse:
        """Send one request; timeouts and the like are accepted and have no effect.

        Raises:
            ProtocolError: a fault broke the connection.
            ReadTimeoutError: a fault keeps silent.
            FunctionKilled: a fault kills the caller.
        """
        method, sent = method.upper(), {k.lower(): v for k, v in (headers or {}).items()}
        sent.setdefault("user-agent", "python-urllib3")
        if json is not None:
            body, sent = dumps(json).encode(), {"content-type": "application/json"} | sent
        if fields:
            url = f"{url}?{urlencode(fields)}"
        content = body.encode() if isinstance(body, str) else body or b""
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._exchange(method, url, sent, content)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not redirect or retries is False or not target:
                break
            url = urljoin(url, target)
        return answer

    def _exchange(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> urllib3.HTTPResponse:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != SERVER:
            raise AssertionError(f"{method} {url} is not for {SERVER}.")
        scope = _scope(method, parts.path, parts.query, headers)
        with self._turn:
            answer = self._loop.run_until_complete(_drive(self._application, scope, body))
        # Where GitHub redirects a renamed repository; its description knows only the names.
        path = re.sub(r"^/api/v3/repositories/\d+", "/api/v3/repos/by/id", parts.path)
        path = path.removeprefix("/api/v3")
        is_rest = parts.path.startswith("/api/v3/")
        if self.validate and is_rest and answer.status not in _REDIRECTS:
            said = loads(answer.data) if answer.data else None
            validate_exchange(
                method,
                f"{path}?{parts.query}" if parts.query else path,
                loads(body) if body else None,
                answer.status,
                said,
            )
        return answer


async def _at_once(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run blocking work here: nobody else waits for this event loop."""
    return work(*arguments)


async def _drive(application: Any, scope: Scope, body: bytes) -> urllib3.HTTPResponse:
    """Run one request through an ASGI application."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    start: Message = {}
    pieces: list[bytes] = []

    async def receive() -> Message:
        return waiting.pop() if waiting else await asyncio.Future()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            pieces.append(message.get("body", b""))

    await application(scope, receive, send)
    headers = urllib3.HTTPHeaderDict()
    for key, value in start["headers"]:
        headers.add(key.decode("latin-1"), value.decode("latin-1"))
    return urllib3.HTTPResponse(
        body=b"".join(pieces), headers=headers, status=start["status"], preload_content=True
    )


def _scope(method: str, path: str, query: str, headers: dict[str, str]) -> Scope:
    netloc = urlsplit(SERVER).netloc
    pairs = [("host", netloc), *headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(key.encode("latin-1"), value.encode("latin-1")) for key, value in pairs],
        "client": ("127.0.0.1", 1),
        "server": (netloc, 443),
    }
