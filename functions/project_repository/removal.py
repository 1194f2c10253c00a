"""What becomes of a repository when its project goes.

The project's choice holds: archive, delete or keep. Two exceptions: what a failed launch or update
made is taken back whole, so that trying again finds the name free; and what cannot be done for
lack of a token or a right is said, not failed, because the stack must be able to go.
"""

from typing import Any

from github_client.api import NOT_READY, GitHubApi
from github_client.errors import (
    MissingScopeError,
    RefusedError,
    RepositoryNotOursError,
    TokenError,
    UnreachableError,
)
from github_client.refusals import require_permission
from project_repository.find_repository import find_by_id, find_marked
from project_repository.identity import parse_id, rolled_back_name
from project_repository.request import RepositoryRequest

_TRIES = 3
_WHY_NOT_DELETED = (
    "because the token or its organization does not allow to delete it; delete it by hand, or add "
    "the `delete_repo` scope, or Administration: write to a fine-grained token."
)


def remove_repository(
    api: GitHubApi, request: RepositoryRequest, physical_id: str, *, operation_failed: bool
) -> str:
    """Archive, delete or keep the project's repository.

    Args:
        api: GitHub.
        request: the properties that the resource had.
        physical_id: CloudFormation's; without a number the marker decides.
        operation_failed: the launch or the update that made it is being rolled back.

    Returns:
        What was done, in one sentence.
    """
    if request.on_delete == "keep" and not operation_failed:
        return f"The repository {request.full_name} stays as it is, as chosen."
    try:
        identity = parse_id(physical_id)
        repository = find_by_id(api, identity) if identity else find_marked(api, request)
        if repository is None:
            return f"There is no repository {request.full_name} of this project any more."
        if operation_failed:
            return take_back(api, request, repository)
        if request.on_delete == "delete":
            return _delete_or_archive(api, repository)
        _archive(api, repository)
        return f"The repository {repository['full_name']} is archived."
    except RepositoryNotOursError as error:
        return str(error)
    except TokenError as error:
        return left_behind(request, error)
    except RefusedError as error:
        if error.status in (403, 404):
            return left_behind(request, error)
        raise


def take_back(api: GitHubApi, request: RepositoryRequest, repository: dict[str, Any]) -> str:
    """Delete what a failed operation made, or move it out of the way of the next one.

    Returns:
        What was done, in one sentence.
    """
    name = repository["full_name"]
    if _delete(api, name):
        return f"The repository {name} is deleted."
    aside = rolled_back_name(request)
    if not repository["archived"]:
        repository = _rename(api, repository, aside)
        _archive(api, repository)
    moved = repository["full_name"]
    if moved == name and repository["name"] != aside:
        return f"The repository {name} is archived and keeps its name {_WHY_NOT_DELETED}"
    return (
        f"The repository is renamed to {moved}, so that {request.full_name} is free for the next "
        f"launch, and archived {_WHY_NOT_DELETED}"
    )


def left_behind(request: RepositoryRequest, error: Exception) -> str:
    """Say that the repository stays because of `error`, and what to do."""
    return (
        f"The repository {request.full_name}, if it exists, stays as it is and can be archived "
        f"or deleted by hand: {error}"
    )


def _delete_or_archive(api: GitHubApi, repository: dict[str, Any]) -> str:
    name = repository["full_name"]
    if _delete(api, name):
        return f"The repository {name} is deleted."
    _archive(api, repository)
    return f"The repository {name} is archived {_WHY_NOT_DELETED}"


def _delete(api: GitHubApi, full_name: str) -> bool:
    """Delete, or return False where the token or the organization does not allow it."""
    try:
        api.require_scopes(("delete_repo",))
        for _ in range(_TRIES):
            answer = api.send("DELETE", f"/repos/{full_name}", accept=(403, 404))
            if answer.status != 404:
                return answer.status < 300
            # Deleted by a try whose answer was lost, or hidden: only a look tells.
            if api.send("GET", f"/repos/{full_name}", accept=(404,)).status == 404:
                return True
    except MissingScopeError:
        return False
    return False


def _rename(api: GitHubApi, repository: dict[str, Any], name: str) -> dict[str, Any]:
    """Give it another name; return it unchanged if that name is taken."""
    path = f"/repos/{repository['full_name']}"
    for attempt in range(1, _TRIES + 1):
        if repository["name"] == name:
            break
        try:
            answer = api.send(
                "PATCH", path, {"name": name}, accept=(422,), not_ready=NOT_READY, repeatable=False
            )
        except UnreachableError as error:
            if not error.maybe_applied or attempt == _TRIES:
                raise
            repository = api.send("GET", path).body  # the old name leads to the new one
            continue
        return repository if answer.status == 422 else dict(answer.body)
    return repository


def _archive(api: GitHubApi, repository: dict[str, Any]) -> None:
    """Archive; a try whose answer was lost may have done it, and then GitHub refuses with 403."""
    if repository["archived"]:
        return
    path = f"/repos/{repository['full_name']}"
    wish = {"archived": True}
    answer = api.send("PATCH", path, wish, accept=(403,), not_ready=NOT_READY)
    require_permission(answer)
    if answer.status == 403 and not api.send("GET", path).body["archived"]:
        raise RefusedError("PATCH", path, answer.status, answer.said)
