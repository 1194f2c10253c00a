"""The company's settings, as variables of the repository whose workflow registers."""

from dataclasses import dataclass
from http import HTTPStatus

from github import GithubException
from github.Repository import Repository

from operations.bootstrap import DEFAULT_QUALIFIER
from operations.company_settings import QUALIFIER, STUDIO_DOMAINS, STUDIO_ROLES, read_settings
from operations.errors import GitHubRefusedError
from operations.github_access import describe
from operations.named_domains import NONE
from operations.registration.setting import Setting
from operations.repository_variables import read_variables


@dataclass(frozen=True)
class VariablesStep:
    """Sets those that the environment or `.env` has; others of the repository stay as they are."""

    setting: Setting
    title: str = "Tell the workflow the company's settings"

    def look(self) -> str:
        """Which differ."""
        different = sorted(self._different())
        return f"set the variables {', '.join(different)}" if different else ""

    def do(self) -> None:
        """Set them."""
        there = self._there()
        repository = self.setting.repository()
        for name, value in self._different().items():
            try:
                if name in there:
                    _edit(repository, name, value)
                else:
                    _create(repository, name, value)
            except GithubException as error:
                raise GitHubRefusedError(f"set the variable {name}", describe(error)) from None

    def _different(self) -> dict[str, str]:
        wanted = read_settings(self.setting.folder)
        if self.setting.qualifier != DEFAULT_QUALIFIER:
            wanted[QUALIFIER] = self.setting.qualifier
        if STUDIO_ROLES in wanted:  # somebody's own list ends that of named domains
            wanted.setdefault(STUDIO_DOMAINS, NONE)
        wanted |= self.setting.found_settings
        there = self._there() if wanted else {}
        return {name: value for name, value in wanted.items() if there.get(name) != value}

    def _there(self) -> dict[str, str]:
        try:
            return read_variables(self.setting.github.client, self.setting.full_name)
        except GithubException as error:
            raise GitHubRefusedError("list the variables", describe(error)) from None


def _create(repository: Repository, name: str, value: str) -> None:
    try:
        repository.create_variable(name, value)
    except GithubException as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        _edit(repository, name, value)  # another registration made it a moment before


def _edit(repository: Repository, name: str, value: str) -> None:
    """Change a variable; PyGithub's own way does not tell of a refusal."""
    url = f"{repository.url}/actions/variables/{name}"
    body = {"name": name, "value": value}
    repository.requester.requestJsonAndCheck("PATCH", url, input=body)
