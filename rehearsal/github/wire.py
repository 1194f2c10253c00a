"""The REST protocol: authentication, limits, headers, JSON in and out, errors.

Imitated: https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api
"""

import json
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.github.access import Principal
from rehearsal.github.call import ApiRoute, Call, Reply
from rehearsal.github.errors import (
    ForbiddenError,
    GitHubError,
    MalformedRequestError,
    UnmodelledError,
)
from rehearsal.github.local_github import LocalGitHub

LOG = logging.getLogger("rehearsal.github")
API_PREFIX = "/api/v3"
HOURLY_LIMIT = 5000
JOB_HOURLY_LIMIT = 1000
ANONYMOUS_HOURLY_LIMIT = 60
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class RateLimit:
    """Counts requests per caller and hour, as GitHub's primary limit does."""

    def __init__(self, seconds: Callable[[], float] = time.time) -> None:
        self._seconds = seconds
        self._used: dict[tuple[str, int], int] = {}

    def headers(self, principal: Principal | None, *, count: int = 1) -> dict[str, str]:
        """Count a request and describe the limit.

        ``x-ratelimit-remaining`` is negative when the request must be refused.
        """
        limit = ANONYMOUS_HOURLY_LIMIT
        if principal is not None:
            limit = JOB_HOURLY_LIMIT if principal.is_job else HOURLY_LIMIT
        who = principal.account.login if principal else ""
        hour = int(self._seconds() // 3600)
        self._used = {key: used for key, used in self._used.items() if key[1] == hour}
        used = self._used.get((who, hour), 0) + count
        self._used[who, hour] = used
        return {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(limit - used),
            "x-ratelimit-used": str(used),
            "x-ratelimit-reset": str((hour + 1) * 3600),
            "x-ratelimit-resource": "core",
        }


class RestApi:
    """Turns HTTP requests into calls of handlers and their replies into HTTP answers."""

    def __init__(self, github: LocalGitHub, routes: tuple[ApiRoute, ...]) -> None:
        self._github = github
        self._limit = RateLimit()
        self._routes = routes

    def routes(self) -> list[Route]:
        """Starlette routes: one per path, and one that names what is not modelled."""
        by_path: dict[str, dict[str, Callable[[Call], Reply]]] = {}
        for route in self._routes:
            by_path.setdefault(route.path, {})[route.method] = route.handler
        found = [
            Route(API_PREFIX + path, self._endpoint(handlers), methods=METHODS)
            for path, handlers in by_path.items()
        ]
        return [*found, Route(API_PREFIX + "/{rest:path}", self._endpoint({}), methods=METHODS)]

    def _endpoint(self, handlers: dict[str, Callable[[Call], Reply]]) -> Callable[..., Any]:
        async def answer(request: Request) -> Response:
            body = await request.body()
            handler = handlers.get("GET" if request.method == "HEAD" else request.method)
            return await run_in_threadpool(self._answer, request, body, handler)

        return answer

    def _answer(
        self, request: Request, body: bytes, handler: Callable[[Call], Reply] | None
    ) -> Response:
        headers = {"X-GitHub-Request-Id": secrets.token_hex(10).upper()}
        try:
            principal = self._github.access.authenticate(request.headers.get("authorization"))
            headers |= self._limit.headers(principal) | _principal_headers(principal)
            _admit(request, headers)
            if handler is None:
                raise UnmodelledError(f"{request.method} {request.url.path}")
            call = self._call(request, principal, body)
            with self._github.store.lock:
                reply = handler(call)
        except UnmodelledError as error:
            LOG.warning("%s", error)
            reply = Reply(error.status, error.body())
        except GitHubError as error:
            reply = Reply(error.status, error.body())
        made = f" {reply.headers.get('Location', '')}" if reply.status == 201 else ""
        LOG.info("%s %s %s%s", request.method, request.url.path, reply.status, made)
        headers |= {"x-github-api-version-selected": "2022-11-28"} | reply.headers
        if reply.body is None:
            return Response(status_code=reply.status, headers=headers)
        return JSONResponse(
            reply.body,
            reply.status,
            headers,
            media_type="application/json; charset=utf-8",
        )

    def _call(self, request: Request, principal: Principal | None, body: bytes) -> Call:
        parsed: Any = None
        if body:
            try:
                parsed = json.loads(body)
            except ValueError as error:
                raise MalformedRequestError("Problems parsing JSON") from error
        return Call(
            github=self._github,
            principal=principal,
            path=dict(request.path_params),
            query=dict(request.query_params),
            body=parsed if body else {},
            url=f"{self._github.server_url}{request.url.path}",
        )


def _admit(request: Request, headers: dict[str, str]) -> None:
    if not request.headers.get("user-agent"):
        raise ForbiddenError(
            "Request forbidden by administrative rules. "
            "Please make sure your request has a User-Agent header."
        )
    if int(headers["x-ratelimit-remaining"]) < 0:
        headers["x-ratelimit-remaining"] = "0"
        raise ForbiddenError("API rate limit exceeded.")


def _principal_headers(principal: Principal | None) -> dict[str, str]:
    if principal is None or principal.is_job:
        return {}
    headers = {
        "X-OAuth-Scopes": ", ".join(sorted(principal.scopes)),
        "X-Accepted-OAuth-Scopes": "repo",
    }
    if principal.expires_at is not None:
        headers["github-authentication-token-expiration"] = principal.expires_at.strftime(
            "%Y-%m-%d %H:%M:%S UTC"
        )
    return headers
