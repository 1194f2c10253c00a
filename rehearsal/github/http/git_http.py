"""Git over HTTP: clones by ``git http-backend``, pushes by ``git receive-pack``.

Protocol: https://git-scm.com/docs/http-protocol. A push is compared before and after, so that it
starts workflows; a hook refuses workflow files to a token without the ``workflow`` scope.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from rehearsal.github.core.access import Principal
from rehearsal.github.core.errors import (
    BadCredentialsError,
    ForbiddenError,
    MovedError,
    NotFoundError,
)
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository
from rehearsal.github.git.git_repository import git_environment
from rehearsal.github.git.receive_pack import advertise, receive
from rehearsal.github.repositories.repositories import find_repository

HOOKS = Path(__file__).parent / "hooks"
SERVICES = ("git-upload-pack", "git-receive-pack")
_CHUNK = 65536


class GitHttp:
    """Serves clones, fetches and pushes."""

    def __init__(self, github: LocalGitHub) -> None:
        self._github = github
        self._pushing = asyncio.Lock()

    def routes(self) -> list[Route]:
        """``/owner/name.git/…`` and ``/owner/name/…``."""
        found = []
        for name in ("{repo}.git", "{repo}"):
            base = f"/{{owner}}/{name}"
            found.append(Route(f"{base}/info/refs", self._serve, methods=["GET"]))
            found += [
                Route(f"{base}/{service}", self._serve, methods=["POST"]) for service in SERVICES
            ]
        return found

    async def _serve(self, request: Request) -> Response:
        action = request.url.path.rsplit("/", 1)[-1]
        service = request.query_params.get("service", "") if action == "refs" else action
        if service not in SERVICES:
            return PlainTextResponse("Please upgrade your git client.", 403)
        try:
            principal, repository = await self._github.blocking(self._admit, request, service)
        except BadCredentialsError:
            challenge = {"WWW-Authenticate": 'Basic realm="GitHub"'}
            return PlainTextResponse("Invalid username or token.", 401, challenge)
        except MovedError as error:
            return self._moved(request, error)
        except NotFoundError:
            return PlainTextResponse("Repository not found.", 404)
        except ForbiddenError as error:
            return PlainTextResponse(f"ERROR: {error}", 403)
        if service == "git-receive-pack":
            git = self._github.git(repository)
            if action == "refs":
                return Response(
                    await self._github.blocking(advertise, git), headers=_headers(service)
                )
            environment = self._push_environment(request, principal, repository)
            async with self._pushing:
                return await self._push(request, repository, principal, environment)
        body = await _spool(request)
        return await _stream(body, self._environment(request, repository, body))

    def _admit(self, request: Request, service: str) -> tuple[Principal | None, Repository]:
        github = self._github
        principal = github.access.authenticate(request.headers.get("authorization"))
        path = request.path_params
        try:
            repository = _find(github, principal, path["owner"], path["repo"])
            level = "write" if service == "git-receive-pack" else "read"
            github.access.require(principal, repository, "contents", level)
        except MovedError:
            raise
        except (NotFoundError, ForbiddenError):
            if principal is None:
                raise BadCredentialsError from None
            raise
        return principal, repository

    def _moved(self, request: Request, error: MovedError) -> Response:
        repository = self._github.store.get(Repository, error.repository_id)
        if repository is None:
            return PlainTextResponse("Repository not found.", 404)
        below = "/".join(request.url.path.split("/")[3:])
        query = f"?{request.url.query}" if request.url.query else ""
        target = f"{self._github.server_url}/{repository.full_name}.git/{below}{query}"
        return RedirectResponse(target, 301)

    def _environment(
        self, request: Request, repository: Repository, body: IO[bytes]
    ) -> dict[str, str]:
        git = self._github.git(repository)
        action = request.url.path.rsplit("/", 1)[-1]
        environment = git_environment() | {
            "GIT_PROJECT_ROOT": str(git.path.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{git.path.name}/{'info/refs' if action == 'refs' else action}",
            "QUERY_STRING": request.url.query,
            "REQUEST_METHOD": request.method,
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(body.seek(0, 2)),
            "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        body.seek(0)
        return environment

    def _push_environment(
        self, request: Request, principal: Principal | None, repository: Repository
    ) -> dict[str, str]:
        protocol = {"GIT_PROTOCOL": request.headers.get("git-protocol", "")}
        environment = git_environment() | protocol
        if principal is None or not principal.may_write_workflows:
            environment |= _refusing_workflows(principal, repository)
        return environment

    async def _push(
        self,
        request: Request,
        repository: Repository,
        principal: Principal | None,
        environment: dict[str, str],
    ) -> Response:
        if request.headers.get("content-type") != "application/x-git-receive-pack-request":
            return PlainTextResponse("Unsupported media type.", 415)
        git = self._github.git(repository)
        body = await _spool(request)
        before = await self._github.blocking(git.refs)
        said = await self._github.blocking(receive, git, body, environment)
        after = await self._github.blocking(git.refs)
        if principal is not None and before != after:
            await self._github.blocking(self._pushed, repository, principal, before, after)
        return Response(said, headers=_headers("git-receive-pack", "result"))

    def _pushed(
        self,
        repository: Repository,
        principal: Principal,
        before: dict[str, str],
        after: dict[str, str],
    ) -> None:
        github = self._github
        with github.store.lock:
            fresh = github.store.get(Repository, repository.id)
            if fresh is None:
                return
            branches = [r.removeprefix("refs/heads/") for r in after if r.startswith("refs/heads/")]
            if not before and branches and fresh.default_branch not in branches:
                fresh = replace(fresh, default_branch=branches[0])
                github.git(fresh).set_default_branch(branches[0])
            fresh = github.store.put(replace(fresh, pushed_at=github.now()))
            github.refs_changed(fresh, before, after, principal)


def _find(github: LocalGitHub, principal: Principal | None, owner: str, name: str) -> Repository:
    """The repository of an address; a former name leads only those on who may read it.

    Raises:
        MovedError: the address is a former name.
    """
    try:
        return find_repository(github, owner, name)
    except MovedError as error:
        repository = github.store.get(Repository, error.repository_id)
        if repository is None:
            raise NotFoundError from None
        github.access.require(principal, repository, "contents", "read")
        raise


def _refusing_workflows(principal: Principal | None, repository: Repository) -> dict[str, str]:
    app = principal is not None and principal.is_job
    who = "GitHub App" if app else "Personal Access Token"
    what = "`workflows` permission" if app else "`workflow` scope"
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.hooksPath",
        "GIT_CONFIG_VALUE_0": str(HOOKS),
        "PUSHER_KIND": who,
        "PUSHER_LACKS": what,
        "DEFAULT_BRANCH": repository.default_branch,
    }


async def _spool(request: Request) -> IO[bytes]:
    """The whole body in a file: http-backend needs its length, packs may be large."""
    body = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the process, closed with it
    async for chunk in request.stream():
        body.write(chunk)
    return body


def _headers(service: str, what: str = "advertisement") -> dict[str, str]:
    return {"Content-Type": f"application/x-{service}-{what}", "Cache-Control": "no-cache"}


async def _stream(body: IO[bytes], environment: dict[str, str]) -> Response:
    process = await asyncio.create_subprocess_exec(
        "git",
        "http-backend",
        stdin=body,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment,
    )
    body.close()
    output = process.stdout
    if output is None:
        raise RuntimeError("git http-backend was started without an output pipe.")
    head = await output.readuntil(b"\r\n\r\n")
    status, headers = _parse_head(head.decode())

    async def chunks() -> AsyncIterator[bytes]:
        try:
            while chunk := await output.read(_CHUNK):
                yield chunk
        finally:
            if process.returncode is None:
                await process.wait()

    return StreamingResponse(chunks(), status, headers)


def _parse_head(head: str) -> tuple[int, dict[str, str]]:
    status, headers = 200, {}
    for line in head.strip().split("\r\n"):
        key, _, value = line.partition(": ")
        if key.lower() == "status":
            status = int(value.split()[0])
        else:
            headers[key] = value
    return status, headers
