"""What becomes of a repository when its project goes.

The project's choice holds: archive, delete or keep. Two exceptions: a launch that failed is taken
back whole, so that launching again finds the name free; and what cannot be done for lack of a
token or a right is said, not failed, because the stack must be able to go.
"""

from typing import Any

from github_client.api import GitHubApi
from github_client.errors import (
    MissingScopeError,
    RefusedError,
    RepositoryNotOursError,
    TokenError,
)
from project_repository.identity import parse_id
from project_repository.repository import find_by_id, find_marked
from project_repository.request import RepositoryRequest


def remove_repository(
    api: GitHubApi, request: RepositoryRequest, physical_id: str, *, launch_failed: bool
) -> str:
    """Archive, delete or keep the project's repository.

    Args:
        api: GitHub.
        request: the properties that the resource had.
        physical_id: CloudFormation's; without a number the marker decides.
        launch_failed: the stack is being rolled back and never came to be.

    Returns:
        What was done, in one sentence.
    """
    choice = "delete" if launch_failed else request.on_delete
    if choice == "keep":
        return f"The repository {request.full_name} stays as it is, as chosen."
    try:
        repository = _find(api, request, physical_id)
        if repository is None:
            return f"There is no repository {request.full_name} of this project any more."
        name = repository["full_name"]
        if choice == "delete" and _delete(api, name):
            return f"The repository {name} is deleted."
        return _archive(api, repository, asked_to_delete=choice == "delete")
    except RepositoryNotOursError as error:
        return str(error)
    except TokenError as error:
        return left_behind(request, error)
    except RefusedError as error:
        if error.status in (403, 404):
            return left_behind(request, error)
        raise


def left_behind(request: RepositoryRequest, error: Exception) -> str:
    """Say that the repository stays because of `error`, and what to do."""
    return (
        f"The repository {request.full_name}, if it exists, stays as it is and can be archived "
        f"or deleted by hand: {error}"
    )


def _find(api: GitHubApi, request: RepositoryRequest, physical_id: str) -> dict[str, Any] | None:
    identity = parse_id(physical_id)
    return find_by_id(api, identity) if identity else find_marked(api, request)


def _delete(api: GitHubApi, full_name: str) -> bool:
    """Delete, or return False where the token or the organization does not allow it."""
    try:
        api.require_scopes(("delete_repo",))
    except MissingScopeError:
        return False
    answer = api.send("DELETE", f"/repos/{full_name}", accept=(403, 404))
    return answer.status != 403


def _archive(api: GitHubApi, repository: dict[str, Any], *, asked_to_delete: bool) -> str:
    name = repository["full_name"]
    if not repository["archived"]:
        api.send("PATCH", f"/repos/{name}", {"archived": True})
    if asked_to_delete:
        return (
            f"The repository {name} is archived because the token or its organization does not "
            "allow to delete it; delete it by hand, or add the `delete_repo` scope."
        )
    return f"The repository {name} is archived."
