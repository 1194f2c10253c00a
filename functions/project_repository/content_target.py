"""The repository that is to be filled or updated, and the branches in it."""

from typing import Any

from git_client.references import Advertisement
from git_client.remote import Remote
from github_client.api import NOT_READY, GitHubApi
from project_repository.find_repository import find_by_id
from project_repository.identity import RepositoryIdentity
from project_repository.request import ContentRequest


class ContentTargetError(Exception):
    """The repository to be filled is not there, or not fit to be filled."""


class TargetGoneError(ContentTargetError):
    """The repository is gone."""

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The repository {full_name} to be filled is gone or the token no longer reaches "
            "it; restore it or the token's access, or launch the project again."
        )


class ForeignContentError(ContentTargetError):
    """Somebody pushed before the seed."""

    def __init__(self, full_name: str, branch: str) -> None:
        super().__init__(
            f"The repository {full_name} has commits on {branch} that are not the template's, so "
            "the seed was not pushed and nothing was overwritten; launch the project again, and "
            "push only when it is created."
        )


class BranchGoneError(ContentTargetError):
    """The default branch holds no commit."""

    def __init__(self, full_name: str, branch: str) -> None:
        super().__init__(
            f"The repository {full_name} has no branch {branch} to write the changed variables "
            "to; restore the branch and update the project again."
        )


class ContentTarget:
    """A repository of GitHub, over REST and over git."""

    def __init__(self, api: GitHubApi, repository: dict[str, Any]) -> None:
        self.api = api
        self.repository = repository
        self.full_name = str(repository["full_name"])
        self.path = f"/repos/{self.full_name}"
        self.default_branch = str(repository["default_branch"])
        self.remote = Remote(api, repository)

    @classmethod
    def of(cls, api: GitHubApi, request: ContentRequest) -> "ContentTarget":
        """Look the repository up by its number.

        Raises:
            TargetGoneError: it is gone.
            RepositoryNotOursError: its name leads to another one.
        """
        identity = RepositoryIdentity(request.full_name, request.repository_id)
        repository = find_by_id(api, identity)
        if repository is None:
            raise TargetGoneError(request.full_name)
        return cls(api, repository)

    def branches(self) -> Advertisement:
        """Ask where the branches stand."""
        return self.remote.advertisement()

    def git(self, kind: str, id_: str) -> Any:
        """Read a commit, tree or blob."""
        return self.read(f"/git/{kind}/{id_}")

    def read(self, path: str) -> Any:
        """Read what must exist below the repository's address."""
        return self.api.send("GET", f"{self.path}{path}", not_ready=NOT_READY).body
