"""One REST request and its answer, as the handlers in ``rest_*.py`` see them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel
from pydantic import ValidationError as PydanticError

from rehearsal.github.core.access import Principal
from rehearsal.github.core.errors import (
    BadCredentialsError,
    MalformedRequestError,
    NotFoundError,
    ValidationError,
)
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository, RepositoryRecord
from rehearsal.github.git.git_repository import GitRepository
from rehearsal.github.repositories.git_data import require_commits
from rehearsal.github.repositories.repositories import find_repository

M = TypeVar("M", bound=BaseModel)
Owned = TypeVar("Owned", bound=RepositoryRecord)
T = TypeVar("T")
REPO = "/repos/{owner}/{repo}"
DEFAULT_PAGE = 30
LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, JSON body (None: no body) and extra headers."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A parsed request."""

    github: LocalGitHub
    principal: Principal | None
    path: dict[str, str]
    query: dict[str, str]
    body: Any
    url: str

    def user(self) -> Principal:
        """The caller.

        Raises:
            BadCredentialsError: the request is anonymous.
        """
        if self.principal is None:
            raise BadCredentialsError("Requires authentication")
        return self.principal

    def repository(self, area: str, level: str = "read") -> Repository:
        """The repository in the path, if the caller may do this with it."""
        repository = find_repository(self.github, self.path["owner"], self.path["repo"])
        if level == "write" and self.principal is None:
            raise BadCredentialsError("Requires authentication")
        self.github.access.require(self.principal, repository, area, level)
        return repository

    def content(self) -> tuple[Repository, GitRepository]:
        """The repository in the path and its git data, which has a commit."""
        repository = self.repository("contents")
        git = self.github.git(repository)
        require_commits(git)
        return repository, git

    def owned(self, kind: type[Owned], repository: Repository, name: str) -> Owned:
        """The record of a repository whose id the path names.

        Raises:
            NotFoundError: the repository has no such record.
        """
        found = self.github.store.get(kind, _number(self.path[name], 0))
        if found is None or found.repository_id != repository.id:
            raise NotFoundError
        return found

    def parse(self, model: type[M]) -> M:
        """The body as a model; unknown fields are ignored, as GitHub does.

        Raises:
            ValidationError: a field is missing or has the wrong type.
        """
        if not isinstance(self.body, dict):
            raise MalformedRequestError("Body should be a JSON object")
        try:
            return model.model_validate(self.body)
        except PydanticError as error:
            first = error.errors()[0]
            where = "/".join(str(part) for part in first["loc"])
            message = f"Invalid request.\n\nFor 'properties/{where}', {first['msg']}."
            raise ValidationError(message) from error

    def page(
        self, items: list[T], *, default: int = DEFAULT_PAGE
    ) -> tuple[list[T], dict[str, str]]:
        """The page that the query asks for, and the ``Link`` header."""
        largest = max(default, LARGEST_PAGE)
        size = min(max(_number(self.query.get("per_page"), default), 1), largest)
        page = max(_number(self.query.get("page"), 1), 1)
        last = max((len(items) + size - 1) // size, 1)
        links = []
        if page > 1:
            links += [self._link(1, "first"), self._link(page - 1, "prev")]
        if page < last:
            links += [self._link(page + 1, "next"), self._link(last, "last")]
        headers = {"Link": ", ".join(links)} if links else {}
        return items[(page - 1) * size : page * size], headers

    def paged(self, items: list[T], shape: Callable[[T], Any], name: str = "") -> Reply:
        """The page as an answer: a list, or under a name and with the count of all."""
        shown, headers = self.page(items)
        listed = [shape(item) for item in shown]
        body = {"total_count": len(items), name: listed} if name else listed
        return Reply(200, body, headers)

    def _link(self, page: int, relation: str) -> str:
        query = urlencode(self.query | {"page": str(page)})
        return f'<{self.url}?{query}>; rel="{relation}"'


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """A method and a path below ``/api/v3``, and who answers it."""

    method: str
    path: str
    handler: Callable[[Call], Reply]


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default
