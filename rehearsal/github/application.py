"""Puts the local GitHub together: one ASGI application with all its addresses."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from rehearsal.github.actions.oidc import Issuer
from rehearsal.github.actions.pull_runs import start_for_pull_request
from rehearsal.github.actions.runner import Runner
from rehearsal.github.actions.runs import start_for_push
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Job, Repository, Run
from rehearsal.github.core.settings import RunnerMachine
from rehearsal.github.http import (
    rest_actions,
    rest_comments,
    rest_commit_comments,
    rest_contents,
    rest_environments,
    rest_git_data,
    rest_meta,
    rest_organizations,
    rest_pulls,
    rest_repositories,
    rest_secrets,
    rest_statuses,
)
from rehearsal.github.http.account_control import AccountControl
from rehearsal.github.http.control_token import ControlToken
from rehearsal.github.http.fault_connection import SocketConnection
from rehearsal.github.http.fault_control import FaultControl
from rehearsal.github.http.fault_layer import FaultLayer, MakeConnection
from rehearsal.github.http.git_http import GitHttp
from rehearsal.github.http.graphql import GraphQl
from rehearsal.github.http.secondary_limits import ContentLimit
from rehearsal.github.http.wire import RestApi
from rehearsal.github.pages.site import Pages
from rehearsal.github.repositories.pull_requests import follow_branch

ADMIN = "/_rehearsal"
API_ROUTES = (
    rest_meta.ROUTES
    + rest_repositories.ROUTES
    + rest_organizations.ROUTES
    + rest_git_data.ROUTES
    + rest_pulls.ROUTES
    + rest_comments.ROUTES
    + rest_statuses.ROUTES  # before the commits: a branch name may hold slashes
    + rest_commit_comments.ROUTES  # for the same reason
    + rest_contents.ROUTES
    + rest_environments.ROUTES
    + rest_secrets.ROUTES
    + rest_actions.ROUTES
)


def build_application(
    github: LocalGitHub,
    machine: RunnerMachine,
    actions: Path,
    *,
    content_limit: ContentLimit,
    control_token: str,
    connection: MakeConnection = SocketConnection,
) -> ASGIApp:
    """The application; its lifespan starts and stops the runner.

    ``control_token`` opens what GitHub itself does not have (below ``/_rehearsal``);
    ``connection`` says what faults do to connections; the default is for uvicorn's.
    """
    issuer = Issuer(github)
    github.ref_listeners.append(lambda change: follow_branch(github, change))
    github.ref_listeners.append(lambda change: start_for_push(github, change))
    github.pull_listeners.append(lambda change: start_for_pull_request(github, change))

    @contextlib.asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        issuer.prepare()
        runner = Runner(github, issuer, machine, actions)
        runner.start()
        try:
            yield
        finally:
            await runner.stop()
            github.store.close()

    starlette = Starlette(
        routes=[
            *_own_routes(github, control_token),
            *issuer.routes(),
            *rest_actions.LogDownloads(github).routes(),
            *RestApi(github, API_ROUTES, content_limit).routes(),
            *GraphQl(github).routes(),
            *GitHttp(github).routes(),
            *Pages(github).routes(),
            Route("/{rest:path}", _not_here),
        ],
        lifespan=lifespan,
    )
    return FaultLayer(starlette, github, connection)


def _own_routes(github: LocalGitHub, control_token: str) -> list[BaseRoute]:
    """What the rehearsal asks its GitHub about itself: its health, and with the token the rest."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ready"})

    def run_problems(_request: Request) -> Response:
        """Why runs or jobs did not start or were cancelled; on GitHub only web pages tell."""
        return JSONResponse(_problems(github))

    faults = FaultControl(github.faults, github.requests)
    accounts = AccountControl(github.access)
    controls = [Route("/problems", run_problems), *faults.routes(), *accounts.routes()]
    with_token = [Middleware(ControlToken, control_token)]
    return [
        Route(f"{ADMIN}/health", health),
        Mount(ADMIN, routes=controls, middleware=with_token),
    ]


async def _not_here(request: Request) -> Response:
    return PlainTextResponse(f"The local GitHub has no page {request.url.path}.", 404)


def _problems(github: LocalGitHub) -> list[dict[str, str | int | None]]:
    found: list[dict[str, str | int | None]] = []
    records: list[Run | Job] = [*github.store.select(Run), *github.store.select(Job)]
    for record in records:
        run = record if isinstance(record, Run) else github.store.get(Run, record.run_id)
        repository = github.store.get(Repository, record.repository_id)
        if record.problem is not None and run is not None and repository is not None:
            found.append(
                {
                    "run": run.id,
                    "repository": repository.full_name,
                    "workflow": run.path,
                    "conclusion": run.conclusion,
                    "problem": record.problem,
                }
            )
    return found
