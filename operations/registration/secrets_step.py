"""What the registration workflow needs to know: three secrets of the repository."""

from dataclasses import dataclass

from github import GithubException, UnknownObjectException

from operations.errors import GitHubRefusedError, PrerequisitesMissingError
from operations.github_access import describe
from operations.registration.prerequisites_step import PrerequisitesStep
from operations.registration.setting import Setting

ROLE, REGION, ACCOUNT = NAMES = ("AWS_ACCOUNT_OPENID_IAM_ROLE", "AWS_REGION", "AWS_ACCOUNT")
_ROLE_OUTPUT = "RegistrationRoleArn"


@dataclass(frozen=True)
class SecretsStep:
    """Sets those that are missing; nobody can read what the others hold, so they stay."""

    setting: Setting
    prerequisites: PrerequisitesStep
    title: str = "Tell the workflow the account"

    def look(self) -> str:
        """Which are missing."""
        missing = self._missing()
        return f"set the secrets {', '.join(missing)}" if missing else ""

    def do(self) -> None:
        """Set them, sealed for the repository, as GitHub wants them."""
        role = self.prerequisites.outputs.get(_ROLE_OUTPUT)
        if role is None:
            raise PrerequisitesMissingError(_ROLE_OUTPUT)
        identity = self.setting.identity
        values = {ROLE: role, REGION: identity.region, ACCOUNT: identity.account}
        repository = self.setting.repository()
        for name in self._missing():
            try:
                repository.create_secret(name, values[name])
            except GithubException as error:
                raise GitHubRefusedError(f"set the secret {name}", describe(error)) from None

    def _missing(self) -> list[str]:
        try:
            there = {secret.name for secret in self.setting.repository().get_secrets()}
        except UnknownObjectException:  # the repository is still to be made
            there = set()
        except GithubException as error:
            raise GitHubRefusedError("list the secrets", describe(error)) from None
        return [name for name in NAMES if name not in there]
