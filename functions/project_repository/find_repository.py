"""Finds the project's repository, and only that one.

A repository that exists may be hidden for a moment: GitHub answers 404 to what it has just made.
Where that would lead to a wrong end, such as calling a repository gone, the 404 is waited out.
"""

from collections.abc import Collection
from typing import Any

from github_client.api import NOT_READY, GitHubApi
from github_client.errors import (
    LAUNCH_SCOPES,
    ArchivedRepositoryError,
    RepositoryError,
    RepositoryExistsError,
    RepositoryNotOursError,
)
from project_repository.identity import (
    RepositoryIdentity,
    is_marked,
    marked_project,
    rolled_back_name,
)
from project_repository.request import RepositoryRequest


def find_by_id(api: GitHubApi, identity: RepositoryIdentity) -> dict[str, Any] | None:
    """Return the repository even if it was renamed or moved; None if it is gone.

    Raises:
        RepositoryNotOursError: another repository has its name now.
    """
    repository = _get(api, identity.full_name, not_ready=NOT_READY)
    if repository is None:
        api.require_scopes(LAUNCH_SCOPES[:1])  # without it GitHub hides what is private
        return None
    if str(repository["id"]) != identity.number:
        raise RepositoryNotOursError(identity.full_name, identity.number, str(repository["id"]))
    return repository


def find_marked(api: GitHubApi, request: RepositoryRequest) -> dict[str, Any] | None:
    """Return the repository of that name if the marker shows it to be this project's."""
    repository = _get(api, request.full_name, not_ready=NOT_READY)
    if repository is None:
        return None
    # Renamed to make room for the next launch, by a deletion that was then cut off.
    aside = f"{request.owner}/{rolled_back_name(request)}"
    names = (request.full_name, aside)
    return repository if any(is_marked(request, repository, name) for name in names) else None


def find_own(api: GitHubApi, request: RepositoryRequest) -> dict[str, Any] | None:
    """Return what an earlier try made; None if the name is free.

    Raises:
        RepositoryExistsError: the name is taken by a repository that is not ours.
        ArchivedRepositoryError: by one that is archived.
    """
    repository = _get(api, request.full_name)
    if repository is None or is_marked(request, repository, request.full_name):
        return repository
    # A redirect from an older name does not take the name.
    if str(repository["full_name"]).lower() == request.full_name.lower():
        raise _taken(request, repository)
    return None


def wait_for_own(api: GitHubApi, request: RepositoryRequest) -> dict[str, Any]:
    """Return what an earlier try made, once GitHub said that the name is taken.

    Raises:
        RepositoryExistsError: it is taken by something else.
        ArchivedRepositoryError: that is archived.
    """
    repository = _get(api, request.full_name, not_ready=NOT_READY)
    if repository is not None and is_marked(request, repository, request.full_name):
        return repository
    raise _taken(request, repository)


def _taken(request: RepositoryRequest, repository: dict[str, Any] | None) -> RepositoryError:
    """Return the error that tells who has the name."""
    if repository is None or not repository["archived"]:
        return RepositoryExistsError(request.full_name)
    return ArchivedRepositoryError(request.full_name, marked_project(repository))


def is_empty(api: GitHubApi, repository: dict[str, Any]) -> bool:
    """Tell whether nobody has put anything into it."""
    return not api.send("GET", f"/repos/{repository['full_name']}/branches").body


def _get(
    api: GitHubApi, full_name: str, *, not_ready: Collection[int] = ()
) -> dict[str, Any] | None:
    answer = api.send("GET", f"/repos/{full_name}", accept=(404,), not_ready=not_ready)
    if answer.status == 404:
        return None
    repository: dict[str, Any] = answer.body
    return repository
