"""The GitHub repository whose workflow registers the template."""

from dataclasses import dataclass

from github import GithubException, UnknownObjectException
from github.AuthenticatedUser import AuthenticatedUser
from github.Organization import Organization

from operations.errors import GitHubRefusedError, OwnerMissingError
from operations.github_access import describe
from operations.registration.setting import Setting


@dataclass(frozen=True)
class RepositoryStep:
    """Makes a private repository; one of that name is taken as it is."""

    setting: Setting
    title: str = "Make the template's repository"

    def look(self) -> str:
        """What is missing."""
        if self._is_there():
            return ""
        self._owner()
        return f"make the private repository {self.setting.full_name}"

    def do(self) -> None:
        """Make it."""
        setting = self.setting
        try:
            self._owner().create_repo(
                setting.repository_name,
                private=True,
                description="Registers the MLOps template of SageMaker projects",
            )
        except GithubException as error:
            if self._is_there():  # another registration made it a moment before
                return
            raise GitHubRefusedError(f"make {setting.full_name}", describe(error)) from None

    def _is_there(self) -> bool:
        try:
            self.setting.repository()
        except UnknownObjectException:
            return False
        return True

    def _owner(self) -> AuthenticatedUser | Organization:
        user = self.setting.github.client.get_user()
        if user.login.lower() == self.setting.owner.lower():
            return user
        try:
            return self.setting.github.client.get_organization(self.setting.owner)
        except UnknownObjectException:
            raise OwnerMissingError(self.setting.owner, user.login) from None
