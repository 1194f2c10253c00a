"""A changed owner or name: a new repository takes the place of the old one.

CloudFormation deletes the old one when the whole update has succeeded. Until the new one is
filled, an update that fails takes it back: by itself, since CloudFormation may not know it yet.
"""

import logging
from collections.abc import Callable
from typing import Any

from github_client.api import GitHubApi
from github_client.errors import GitHubError, RepositoryError
from project_repository.find_repository import find_marked, find_own, is_empty
from project_repository.removal import take_back
from project_repository.repository import create_repository
from project_repository.request import RepositoryRequest

_log = logging.getLogger(__name__)


class NameUsedBeforeError(RepositoryError):
    """The project itself had a repository of that name, and there is work in it."""

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The repository {full_name} is left from an earlier name of this project, so nothing "
            "was touched; rename or delete it in GitHub, or choose another name."
        )


def replace_repository(
    api: GitHubApi,
    request: RepositoryRequest,
    made: Callable[[dict[str, Any]], None],
    is_rolling_back: Callable[[], bool],
) -> dict[str, str]:
    """Make the repository of the new name; if that fails nothing new is left.

    Args:
        api: GitHub.
        request: what is wanted.
        made: told of the repository as soon as it exists.
        is_rolling_back: tells whether an update is taken back, which returns to the old repository.

    Raises:
        NameUsedBeforeError: a repository of that name holds earlier work of this project.
        GitHubError: as for `create_repository`.
    """
    found = find_own(api, request)
    if found is not None and not is_empty(api, found) and not is_rolling_back():
        raise NameUsedBeforeError(request.full_name)
    try:
        return create_repository(api, request, made)
    except GitHubError as error:
        if not error.is_passing:  # else it is tried again, and goes on with what there is
            remove_unfilled(api, request)
        raise


def remove_unfilled(api: GitHubApi, request: RepositoryRequest) -> None:
    """Remove what a failed replacement made; what cannot be removed is only logged.

    Raises:
        GitHubError: it cannot be done now, and may be later.
    """
    try:
        repository = find_marked(api, request)
        if repository is not None and is_empty(api, repository):
            _log.warning("the replacement failed: %s", take_back(api, request, repository))
    except GitHubError as error:
        if error.is_passing:
            raise
        _log.warning("%s, if it exists, could not be taken back: %s", request.full_name, error)
