"""Git over HTTP: clones by ``git upload-pack``, pushes by ``git receive-pack``.

Protocol: https://git-scm.com/docs/http-protocol. A push is compared before and after, so that it
starts workflows; a hook refuses workflow files to a token that may not write them, and pushes to a
default branch that a rule protects.
"""

import gzip
import threading
import zlib
from dataclasses import replace
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
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
from rehearsal.github.git.smart_protocol import advertise, serve
from rehearsal.github.repositories.repositories import find_repository

HOOKS = Path(__file__).parent / "hooks"
SERVICES = ("git-upload-pack", "git-receive-pack")


class GitHttp:
    """Serves clones, fetches and pushes."""

    def __init__(self, github: LocalGitHub) -> None:
        self._github = github
        self._pushing = threading.Lock()

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
        body = await request.body()
        try:
            answer: Response = await self._github.blocking(self._answer, request, service, body)
        except BadCredentialsError:
            challenge = {"WWW-Authenticate": 'Basic realm="GitHub"'}
            return PlainTextResponse("Invalid username or token.", 401, challenge)
        except MovedError as error:
            return self._moved(request, error.repository)
        except NotFoundError:
            return PlainTextResponse("Repository not found.", 404)
        except ForbiddenError as error:
            return PlainTextResponse(f"ERROR: {error}", 403)
        return answer

    def _answer(self, request: Request, service: str, body: bytes) -> Response:
        principal, repository = self._admit(request, service)
        git = self._github.git(repository)
        protocol = {"GIT_PROTOCOL": request.headers.get("git-protocol", "")}
        if request.method != "POST":
            return _said(service, "advertisement", advertise(git, service, protocol))
        if request.headers.get("content-type") != f"application/x-{service}-request":
            return PlainTextResponse("Unsupported media type.", 415)
        if request.headers.get("content-encoding") == "gzip":
            try:
                body = gzip.decompress(body)
            except (OSError, EOFError, zlib.error):
                return PlainTextResponse("The body is not gzip.", 400)
        if service == "git-upload-pack":
            return _said(service, "result", serve(git, service, body, protocol))
        protocol |= _refusals(github=self._github, principal=principal, repository=repository)
        with self._pushing:
            before = git.refs()
            said = serve(git, service, body, protocol)
            after = git.refs()
            if principal is not None and before != after:
                self._pushed(repository, principal, before, after)
        return _said(service, "result", said)

    def _admit(self, request: Request, service: str) -> tuple[Principal | None, Repository]:
        github, path = self._github, request.path_params
        principal = github.access.authenticate(request.headers.get("authorization"))
        try:
            repository = _find(github, principal, path["owner"], path["repo"])
            level = "write" if service == "git-receive-pack" else "read"
            github.access.require(principal, repository, "contents", level)
            _require_contents(principal, repository, level)
        except MovedError:
            raise
        except (NotFoundError, ForbiddenError):
            if principal is None:
                raise BadCredentialsError from None
            raise
        return principal, repository

    def _moved(self, request: Request, repository: Repository) -> Response:
        below = "/".join(request.url.path.split("/")[3:])
        query = f"?{request.url.query}" if request.url.query else ""
        target = f"{self._github.server_url}/{repository.full_name}.git/{below}{query}"
        return RedirectResponse(target, 301)

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
    """The repository of an address; a former name leads only those on who may read it."""
    try:
        return find_repository(github, owner, name)
    except MovedError as error:
        github.access.require(principal, error.repository, "contents", "read")
        raise


def _require_contents(principal: Principal | None, repository: Repository, level: str) -> None:
    """Refuse a fine-grained token without the permission, in the git server's words.

    Source: users' reports, such as saadmk11/github-actions-version-updater#63.
    """
    grant = principal.grant if principal is not None else None
    if principal is None or grant is None or (level == "read" and not repository.private):
        return
    if not grant.has("contents", "read"):
        raise ForbiddenError("Write access to repository not granted.")
    if not grant.has("contents", level):
        login = principal.account.login
        raise ForbiddenError(f"Permission to {repository.full_name}.git denied to {login}.")


def _refusals(
    github: LocalGitHub, principal: Principal | None, repository: Repository
) -> dict[str, str]:
    """What the hook is to refuse in a push: workflow files, and the default branch."""
    found = {}
    if principal is None or not principal.may_write_workflows:
        app = principal is not None and principal.is_job
        found["PUSHER_KIND"] = "GitHub App" if app else "Personal Access Token"
        # Of fine-grained tokens it is not documented which of the two GitHub says.
        found["PUSHER_LACKS"] = "`workflows` permission" if app else "`workflow` scope"
    rule = github.access.account(repository.owner).default_branch_rule
    if rule is not None:
        found["PROTECTED_REF"] = f"refs/heads/{repository.default_branch}"
        found["PROTECTED_BY"] = rule
        found["RULES_URL"] = f"{github.server_url}/{repository.full_name}/rules"
    if not found:
        return {}
    return found | {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.hooksPath",
        "GIT_CONFIG_VALUE_0": str(HOOKS),
        "DEFAULT_BRANCH": repository.default_branch,
    }


def _said(service: str, what: str, content: bytes) -> Response:
    headers = {"Content-Type": f"application/x-{service}-{what}", "Cache-Control": "no-cache"}
    return Response(content, headers=headers)
