"""Addresses of the pages, how they are rendered, and what a browser may do with them.

Templates escape whatever they are given, and the browser is told to load nothing but the one
stylesheet, and the script that renews what is still going on: names of files, comments and lines
of logs are other people's text.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from rehearsal.github.core.errors import MovedError, NotFoundError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository
from rehearsal.github.pages.accounts import show_account, show_index, show_team
from rehearsal.github.pages.code import (
    show_branches,
    show_file,
    show_folder,
    show_repository,
    show_tags,
)
from rehearsal.github.pages.commits import show_commit, show_commits, show_comparison
from rehearsal.github.pages.markup import comment
from rehearsal.github.pages.pulls import show_pull, show_pulls
from rehearsal.github.pages.runs import show_deployments, show_job, show_run, show_runs
from rehearsal.github.pages.shown import address, moment, outside, printable, state_of, took
from rehearsal.github.repositories.repositories import find_repository

# What a page is told, from the parameters of its address: those of its path, then of its query.
Show = Callable[[LocalGitHub, dict[str, Any]], dict[str, Any]]
ShowOfRepository = Callable[[LocalGitHub, Repository, dict[str, Any]], dict[str, Any]]

_ASSETS = "/_services/pages"
_FOLDER = Path(__file__).parent
_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# A page of what still goes on may ask for itself again.
_LIVE_HEADERS = _HEADERS | {
    "Content-Security-Policy": f"{_POLICY}; script-src 'self'; connect-src 'self'"
}
_OF_REPOSITORIES: tuple[tuple[str, str, ShowOfRepository], ...] = (
    ("", "repository.html", show_repository),
    ("/tree/{place:path}", "folder.html", show_folder),
    ("/blob/{place:path}", "file.html", show_file),
    ("/branches", "names.html", show_branches),
    ("/tags", "names.html", show_tags),
    ("/commits", "commits.html", show_commits),
    ("/commits/{place:path}", "commits.html", show_commits),
    ("/commit/{sha}", "commit.html", show_commit),
    ("/compare/{names:path}", "comparison.html", show_comparison),
    ("/pulls", "pulls.html", show_pulls),
    ("/pull/{number:int}", "pull.html", show_pull),
    ("/actions", "runs.html", show_runs),
    ("/actions/runs/{run:int}", "run.html", show_run),
    ("/actions/runs/{run:int}/job/{job:int}", "job.html", show_job),
    ("/deployments", "deployments.html", show_deployments),
    ("/deployments/activity_log", "deployments.html", show_deployments),
)


class Pages:
    """Shows repositories, pull requests, runs and logs to whoever the server lets in."""

    def __init__(self, github: LocalGitHub) -> None:
        self._github = github
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=printable,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "assets": _ASSETS,
            "at": address,
            "comment": comment,
            "is_live": False,
            "outside": outside,
            "repository": None,
            "tab": "",
            "took": took,
        }
        self._templates.filters |= {"moment": moment, "state": state_of}

    def routes(self) -> list[Route]:
        """Addresses as on GitHub; they come last, since a repository may be called anything."""
        team = "/orgs/{owner}/teams/{team}"
        return [
            Route("/", self._page("index.html", show_index)),
            Route(f"{_ASSETS}/style.css", _asset("style.css", "text/css")),
            Route(f"{_ASSETS}/live.js", _asset("live.js", "text/javascript")),
            Route(team, self._page("team.html", show_team)),
            Route("/{owner}", self._page("account.html", show_account)),
            *(
                Route(f"/{{owner}}/{{repo}}{below}", self._page(template, _in_repository(show)))
                for below, template, show in _OF_REPOSITORIES
            ),
        ]

    def _page(self, template: str, show: Show) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            try:
                shown = show(self._github, dict(request.query_params) | request.path_params)
            except MovedError as error:
                below = "/".join(request.url.path.split("/")[3:])
                return RedirectResponse(f"/{error.repository.full_name}/{below}".rstrip("/"), 302)
            except NotFoundError:
                return self._render("missing.html", {"path": request.url.path}, 404)
            return self._render(template, shown)

        return answer

    def _render(self, template: str, shown: dict[str, Any], status: int = 200) -> Response:
        text = self._templates.get_template(template).render(shown)
        headers = _LIVE_HEADERS if shown.get("is_live") else _HEADERS
        return Response(text, status, headers, "text/html")


def _asset(name: str, media_type: str) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        return FileResponse(_FOLDER / "static" / name, media_type=media_type, headers=_HEADERS)

    return answer


def _in_repository(show: ShowOfRepository) -> Show:
    def of_repository(github: LocalGitHub, asked: dict[str, Any]) -> dict[str, Any]:
        repository = find_repository(github, asked["owner"], asked["repo"])
        return {"repository": repository, **show(github, repository, asked)}

    return of_repository
