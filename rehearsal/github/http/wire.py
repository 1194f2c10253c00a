"""The REST protocol: authentication, limits, headers, JSON in and out, errors.

Imitated: https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api
"""

import hashlib
import json
import logging
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.github.core.access import Principal
from rehearsal.github.core.errors import (
    DOCUMENTATION,
    ForbiddenError,
    GitHubError,
    MalformedRequestError,
    MovedError,
    NotFoundError,
    UnmodelledError,
)
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository
from rehearsal.github.http.call import ApiRoute, Call, Reply
from rehearsal.github.http.permissions import (
    ACCEPTED_HEADER,
    accepted_permissions,
    require_permissions,
)
from rehearsal.github.http.secondary_limits import ContentLimit, SecondaryLimits

LOG = logging.getLogger("rehearsal.github")
API_PREFIX = "/api/v3"
HOURLY_LIMIT = 5000
JOB_HOURLY_LIMIT = 1000
ANONYMOUS_HOURLY_LIMIT = 60
_OF_BODY = ("content-length", "content-type")
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class RateLimit:
    """Counts requests per caller and hour, as GitHub's primary limit does."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._used: dict[tuple[str, int], int] = {}

    def headers(self, principal: Principal | None) -> dict[str, str]:
        """Count a request and describe the limit.

        ``x-ratelimit-remaining`` is negative when the request must be refused.
        """
        who, hour = _login(principal), self._hour()
        self._used = {key: used for key, used in self._used.items() if key[1] == hour}
        self._used[who, hour] = self._used.get((who, hour), 0) + 1
        return self.headers_of(principal)

    def headers_of(self, principal: Principal | None) -> dict[str, str]:
        """Describe the limit, without counting."""
        told = self.told(principal)
        return {f"x-ratelimit-{name}": str(number) for name, number in told.items()} | {
            "x-ratelimit-resource": "core"
        }

    def give_back(self, principal: Principal | None) -> None:
        """Count the last request not, after all."""
        self._used[_login(principal), self._hour()] -= 1

    def told(self, principal: Principal | None) -> dict[str, int]:
        """The limit and what is used of it, without counting that somebody looks."""
        limit = ANONYMOUS_HOURLY_LIMIT
        if principal is not None:
            limit = JOB_HOURLY_LIMIT if principal.is_job else HOURLY_LIMIT
        used = self._used.get((_login(principal), self._hour()), 0)
        reset = (self._hour() + 1) * 3600
        return {"limit": limit, "remaining": limit - used, "used": used, "reset": reset}

    def _hour(self) -> int:
        return int(self._seconds() // 3600)


class RestApi:
    """Turns HTTP requests into calls of handlers and their replies into HTTP answers."""

    def __init__(
        self, github: LocalGitHub, routes: tuple[ApiRoute, ...], limit: ContentLimit
    ) -> None:
        self._github = github
        self._limit = RateLimit(lambda: github.clock().timestamp())
        self._secondary = SecondaryLimits(limit, lambda: github.clock().timestamp())
        self._routes = routes

    def routes(self) -> list[Route]:
        """Starlette routes: one for each of ours, and one that names what is not modelled."""
        found = [
            Route(API_PREFIX + path, self._endpoint(route), methods=[route.method])
            for route in self._routes
            for path in dict.fromkeys((route.path, _by_id(route.path)))
        ]
        limits = Route(API_PREFIX + "/rate_limit", self._rate_limit, methods=["GET"])
        rest = Route(API_PREFIX + "/{rest:path}", self._endpoint(None), methods=METHODS)
        return [limits, *found, rest]

    async def _rate_limit(self, request: Request) -> Response:
        """What is left of the hour; asking for it counts against nothing.

        Source: https://docs.github.com/en/rest/rate-limit/rate-limit
        """
        try:
            principal = self._github.access.authenticate(request.headers.get("authorization"))
        except GitHubError as error:
            return JSONResponse(error.body(), error.status)
        core = self._limit.told(principal)
        search = {"limit": 30, "remaining": 30, "used": 0, "reset": core["reset"]}
        resources = {"core": core, "search": search}
        return JSONResponse({"resources": resources, "rate": core}, headers=_token_facts(principal))

    def _endpoint(self, route: ApiRoute | None) -> Callable[..., Any]:
        async def answer(request: Request) -> Response:
            caller = self._github.access.caller(request.headers.get("authorization"))
            # Counted here: only so many requests get a thread at once.
            with self._secondary.under_way(_account_of(caller)):
                body = await request.body()
                answer: Response = await self._github.blocking(self._answer, request, body, route)
                return answer

        return answer

    def _answer(self, request: Request, body: bytes, route: ApiRoute | None) -> Response:
        headers, principal = {"X-GitHub-Request-Id": secrets.token_hex(10).upper()}, None
        try:
            principal = self._github.access.authenticate(request.headers.get("authorization"))
            headers |= self._limit.headers(principal) | _token_facts(principal)
            if route is not None and principal is not None and principal.grant is not None:
                headers[ACCEPTED_HEADER] = accepted_permissions(route)
            _admit(request, headers)
            self._secondary.admit(_account_of(principal), request.method)
            reply = self._reply(request, principal, body, route)
        except MovedError as error:
            reply = self._moved(request, principal, error.repository)
        except GitHubError as error:
            if isinstance(error, UnmodelledError):
                LOG.warning("%s", error)
            reply = Reply(error.status, error.body(), error.headers)
        headers |= {"x-github-api-version-selected": "2022-11-28"} | reply.headers
        if reply.body is None:
            return Response(status_code=reply.status, headers=headers)
        response = JSONResponse(
            reply.body,
            reply.status,
            headers,
            media_type="application/json; charset=utf-8",
        )
        return self._unless_known(request, principal, response)

    def _unless_known(
        self, request: Request, principal: Principal | None, response: Response
    ) -> Response:
        """The answer with its tag, or 304, which counts for nothing, to whom that is known.

        Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
        """
        if request.method != "GET" or response.status_code != HTTPStatus.OK:
            return response
        response.headers["ETag"] = f'W/"{hashlib.sha256(response.body).hexdigest()}"'
        if request.headers.get("if-none-match") != response.headers["ETag"]:
            return response
        if principal is not None:
            self._limit.give_back(principal)
        kept = {name: text for name, text in response.headers.items() if name not in _OF_BODY}
        return Response(
            status_code=HTTPStatus.NOT_MODIFIED, headers=kept | self._limit.headers_of(principal)
        )

    def _reply(
        self,
        request: Request,
        principal: Principal | None,
        body: bytes,
        route: ApiRoute | None,
    ) -> Reply:
        if route is None:
            raise UnmodelledError(f"{request.method} {request.url.path}")
        try:
            parsed = json.loads(body) if body else {}
        except ValueError as error:
            raise MalformedRequestError("Problems parsing JSON") from error
        call = Call(
            github=self._github,
            principal=principal,
            path=self._path(dict(request.path_params)),
            query=dict(request.query_params),
            body=parsed,
            url=f"{self._github.server_url}{request.url.path}",
        )
        with self._github.store.lock:
            require_permissions(call, route)
            return route.handler(call)

    def _moved(
        self, request: Request, principal: Principal | None, repository: Repository
    ) -> Reply:
        """Where a renamed repository is now; 404 for those who may not see it.

        Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
        """
        try:
            self._github.access.require(principal, repository, "metadata", "read")
        except GitHubError as refusal:
            return Reply(refusal.status, refusal.body())
        below = "/".join(request.url.path.removeprefix(f"{API_PREFIX}/repos/").split("/")[2:])
        url = f"{self._github.api_url}/repositories/{repository.id}{f'/{below}' if below else ''}"
        url += f"?{request.url.query}" if request.url.query else ""
        is_read = request.method in {"GET", "HEAD"}
        message = "Moved Permanently" if is_read else "Temporary Redirect"
        body = {"message": message, "url": url, "documentation_url": DOCUMENTATION}
        return Reply(301 if is_read else 307, body, {"Location": url})

    def _path(self, path: dict[str, Any]) -> dict[str, str]:
        """Path parameters, with the name of a repository that is given by its id."""
        if "repository_id" in path:
            found = self._github.store.get(Repository, path["repository_id"])
            if found is None:
                raise NotFoundError
            path |= {"owner": found.owner, "repo": found.name}
        return path


def _by_id(path: str) -> str:
    """The same below ``/repositories/{id}``, to which GitHub redirects after a renaming."""
    return path.replace("/repos/{owner}/{repo}", "/repositories/{repository_id:int}", 1)


def _login(principal: Principal | None) -> str:
    return principal.account.login if principal else ""


def _admit(request: Request, headers: dict[str, str]) -> None:
    if not request.headers.get("user-agent"):
        raise ForbiddenError(
            "Request forbidden by administrative rules. "
            "Please make sure your request has a User-Agent header."
        )
    if int(headers["x-ratelimit-remaining"]) < 0:
        headers["x-ratelimit-remaining"] = "0"
        raise ForbiddenError("API rate limit exceeded.")


def _account_of(principal: Principal | None) -> str:
    """Whose limits a request counts against: a user's, or those of one repository's jobs."""
    if principal is None:
        return ""
    suffix = f"/{principal.repository_id}" if principal.is_job else ""
    return f"{principal.account.login}{suffix}"


def _token_facts(principal: Principal | None) -> dict[str, str]:
    """The headers about a person's token; a fine-grained one has no scopes."""
    if principal is None or principal.is_job:
        return {}
    headers = {}
    if principal.grant is None:
        headers["X-OAuth-Scopes"] = ", ".join(sorted(principal.scopes))
        headers["X-Accepted-OAuth-Scopes"] = "repo"
    if principal.expires_at is not None:
        headers["github-authentication-token-expiration"] = principal.expires_at.strftime(
            "%Y-%m-%d %H:%M:%S UTC"
        )
    return headers
