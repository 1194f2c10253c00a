"""Addresses of the pages, how they are rendered, and what a browser may do with them.

Templates escape whatever they are given, and the browser is told to load nothing but the one
stylesheet: names of files and lines of logs are other people's text.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from rehearsal.github.core.errors import MovedError, NotFoundError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository
from rehearsal.github.pages.code import show_file, show_folder, show_repository
from rehearsal.github.pages.runs import show_job, show_run
from rehearsal.github.repositories.repositories import find_repository

STYLESHEET = "/_services/pages.css"
_FOLDER = Path(__file__).parent / "templates"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# A page of a repository: what its template is told, from the parameters of its address.
Show = Callable[[LocalGitHub, Repository, dict[str, Any]], dict[str, Any]]


class Pages:
    """Shows repositories, runs and logs to whoever the server lets in."""

    def __init__(self, github: LocalGitHub) -> None:
        self._github = github
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined
        )
        self._templates.filters["address"] = _address
        self._templates.globals["stylesheet"] = STYLESHEET

    def routes(self) -> list[Route]:
        """Addresses as on GitHub; they come last, since a repository may be called anything."""
        repository, run = "/{owner}/{repo}", "/{owner}/{repo}/actions/runs/{run:int}"
        return [
            Route("/", self._index),
            Route(STYLESHEET, self._stylesheet),
            Route(repository, self._page("repository.html", show_repository)),
            Route(f"{repository}/tree/{{place:path}}", self._page("folder.html", show_folder)),
            Route(f"{repository}/blob/{{place:path}}", self._page("file.html", show_file)),
            Route(run, self._page("run.html", show_run)),
            Route(f"{run}/job/{{job:int}}", self._page("job.html", show_job)),
        ]

    def _index(self, _request: Request) -> Response:
        found = sorted(self._github.store.select(Repository), key=lambda one: one.full_name)
        return self._render("index.html", {"repositories": found})

    def _stylesheet(self, _request: Request) -> Response:
        return FileResponse(_FOLDER / "pages.css", media_type="text/css", headers=_HEADERS)

    def _page(self, template: str, show: Show) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            path = request.path_params
            try:
                repository = find_repository(self._github, path["owner"], path["repo"])
                shown = show(self._github, repository, path)
            except MovedError as error:
                below = "/".join(request.url.path.split("/")[3:])
                return RedirectResponse(f"/{error.repository.full_name}/{below}".rstrip("/"), 302)
            except NotFoundError:
                return self._render("missing.html", {"path": request.url.path}, 404)
            return self._render(template, {"repository": repository, **shown})

        return answer

    def _render(self, template: str, shown: dict[str, Any], status: int = 200) -> Response:
        text = self._templates.get_template(template).render(shown)
        # Names of files are bytes; those that are no text show a question mark.
        return Response(text.encode("utf-8", "replace"), status, _HEADERS, "text/html")


def _address(path: str) -> str:
    return quote(path, errors="surrogateescape")
