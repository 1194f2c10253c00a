"""Variables of the GitHub repository whose workflow registers the template."""

from datetime import datetime

from github import Github, UnknownObjectException
from github.Variable import Variable


def read_variables(client: Github, repository: str) -> dict[str, str]:
    """Values by name; none if the repository is still to be made.

    Raises:
        GithubException: the token may not read them.
    """
    return {one.name: one.value for one in _list(client, repository)}


def read_times(client: Github, repository: str) -> dict[str, datetime]:
    """When each was changed last, by name.

    Raises:
        GithubException: the token may not read them.
    """
    return {one.name: one.updated_at for one in _list(client, repository)}


def _list(client: Github, repository: str) -> list[Variable]:
    try:
        return list(client.get_repo(repository).get_variables())
    except UnknownObjectException:
        return []
