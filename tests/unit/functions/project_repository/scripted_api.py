"""GitHub's API that answers as told, in order, and remembers what it was asked."""

from collections.abc import Collection
from typing import Any

from github_client.answers import Answer
from github_client.errors import MissingScopeError, RefusedError


class ScriptedApi:
    """Answers with a status and a body each; an error is raised.

    Args:
        script: what it answers.
        scopes: of the token.

    `awaited`: of each request, the answers that may pass by themselves.
    """

    def __init__(self, *script: tuple[int, Any] | Exception, scopes: Collection[str] = ()) -> None:
        self.script = list(script)
        self.scopes = scopes
        self.asked: list[tuple[str, str, Any]] = []
        self.awaited: list[Collection[int]] = []

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        accept: Collection[int] = (),
        not_ready: Collection[int] = (),
        **_: Any,
    ) -> Answer:
        """Answer the next request."""
        self.asked.append((method, path, body))
        self.awaited.append(not_ready)
        told = self.script.pop(0)
        if isinstance(told, Exception):
            raise told
        status, content = told
        if status >= 300 and status not in accept:
            raise RefusedError(method, path, status, "no")
        return Answer(status, {}, content)

    def require_scopes(self, scopes: Collection[str]) -> None:
        """Refuse what the token may not do."""
        missing = [scope for scope in scopes if scope not in self.scopes]
        if missing:
            raise MissingScopeError(missing)
