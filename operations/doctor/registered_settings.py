"""The company's settings where a registration has them: on this machine, and on GitHub.

By workflow it reads variables of the template's repository, which is known by whom the registration
role trusts. `register` sets them from what this machine has, so both can differ in the meantime.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from github import GithubException
from requests import RequestException

from operations.account_names import REGISTRATION_ROLE
from operations.aws_session import Identity
from operations.aws_session import describe as describe_aws
from operations.company_settings import (
    KMS_KEY,
    PREFIX,
    STUDIO_DOMAINS,
    STUDIO_ROLES,
    VARIABLES,
    read_key,
    read_roles,
    read_settings,
)
from operations.doctor.template_repository import trusted_repository
from operations.errors import SettingRefusedError
from operations.findings import Finding
from operations.github_access import GithubAccess, describe
from operations.named_domains import split_names
from operations.repository_variables import read_variables

ABOUT = "settings of the registration"


@dataclass(frozen=True)
class RegisteredSettings:
    """What is set where.

    Args:
        here: in the environment or `.env`.
        repository: `OWNER/NAME` of the template's; None if no workflow registers.
        there: its variables.
        hindered: why these are not known; empty if they are.
    """

    here: Mapping[str, str]
    repository: str | None = None
    there: Mapping[str, str] = field(default_factory=dict)
    hindered: str = ""

    def further_roles(self, who: Identity) -> tuple[str, ...]:
        """What `STUDIO_ROLES` names; what is wrong with it is told of the other settings."""
        try:
            return read_roles(self.value(STUDIO_ROLES), who)
        except SettingRefusedError:
            return ()

    def key(self, who: Identity) -> str:
        """What `KMS_KEY` says; what is wrong with it is told of the other settings."""
        try:
            return read_key(self.value(KMS_KEY), who)
        except SettingRefusedError:
            return ""

    def domains(self) -> tuple[str, ...]:
        """What `STUDIO_DOMAINS` names."""
        return split_names(self.value(STUDIO_DOMAINS))

    def value(self, name: str) -> str:
        """What is registered, or would be; empty if nothing says it."""
        return self.there.get(name) or self.here.get(name, "")


def read_registered(iam: Any, access: GithubAccess | None) -> RegisteredSettings:
    """Read both places; a hindrance is kept to be told."""
    here = read_settings()
    if access is None:
        return RegisteredSettings(here)
    repository = None
    try:
        role = f"{here.get(PREFIX, '')}{REGISTRATION_ROLE}"
        repository = trusted_repository(iam, access.issuer, role)
        there = read_variables(access.client, repository) if repository else {}
    except (ClientError, BotoCoreError) as error:
        return RegisteredSettings(here, hindered=describe_aws(error))
    except GithubException as error:
        return RegisteredSettings(here, repository, hindered=describe(error))
    except RequestException as error:
        return RegisteredSettings(here, repository, hindered=type(error).__name__)
    return RegisteredSettings(here, repository, there)


def look_at_both(settings: RegisteredSettings) -> Iterator[Finding]:
    """Tell where this machine and the repository say something else."""
    if settings.hindered:
        yield Finding(
            "note",
            ABOUT,
            f"What the workflow registers with is not known ({settings.hindered}); give a token "
            "that may read the variables of the template's repository.",
        )
        return
    if settings.repository is None:
        return
    different = [name for name in VARIABLES if _differs(settings, name)]
    for name in different:
        yield Finding("note", ABOUT, _sentence(settings, name))
    if not different:
        sentence = f"The variables of {settings.repository} say nothing else than this machine."
        yield Finding("ok", ABOUT, sentence)


def _differs(settings: RegisteredSettings, name: str) -> bool:
    return name in settings.here and settings.here[name] != settings.there.get(name)


def _sentence(settings: RegisteredSettings, name: str) -> str:
    repository, there = settings.repository, settings.there.get(name)
    if there is None:
        return (
            f"{name} is set here and not as a variable of {repository}, so that the workflow "
            "registers without it; `make register` sets it."
        )
    return (
        f"{name} is {settings.here[name]} here and {there} as a variable of {repository}, by which "
        "the workflow registers; `make register` sets it to what is here, or take it out here."
    )
