"""What a company sets for its registration, as the synthesis reads it: environment, then `.env`."""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from mlops_sm_project_template.config.studio_roles import (
    MOST_ROLES,
    StudioRoleError,
    parse_studio_roles,
)
from operations.aws_session import Identity
from operations.bootstrap import DEFAULT_QUALIFIER
from operations.errors import SettingRefusedError

FOLDER = Path(__file__).resolve().parents[1]
QUALIFIER = "BOOTSTRAP_QUALIFIER"
STUDIO_ROLES = "STUDIO_ROLES"
STUDIO_DOMAINS = "STUDIO_DOMAINS"
MOST_FURTHER_ROLES = MOST_ROLES
# Those that the repository has as variables; its workflow hands on all but STUDIO_DOMAINS, of
# which a registration makes STUDIO_ROLES.
VARIABLES = (
    "ALARM_TOPIC_ARN",
    QUALIFIER,
    "DATA_LOCATIONS",
    "IMAGE_REPOSITORIES",
    "JOBS_SUBNETS",
    "JOBS_SECURITY_GROUPS",
    "TAGS",
    STUDIO_DOMAINS,
    STUDIO_ROLES,
)


def read_settings(
    folder: Path = FOLDER, environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Those of the variables that are set; what is empty counts as missing."""
    file = dotenv_values(folder / ".env")
    found = {name: environment.get(name) or file.get(name) or "" for name in VARIABLES}
    return {name: value for name, value in found.items() if value}


def qualifier_of(folder: Path = FOLDER, environment: Mapping[str, str] = os.environ) -> str:
    """The bootstrap by which the template is deployed."""
    return read_settings(folder, environment).get(QUALIFIER, DEFAULT_QUALIFIER)


def further_roles(
    who: Identity, folder: Path = FOLDER, environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """ARNs of the Studio roles that the template is registered for beside the first one.

    Raises:
        SettingRefusedError: one is none of this account.
    """
    return read_roles(read_settings(folder, environment).get(STUDIO_ROLES, ""), who)


def read_roles(text: str, who: Identity) -> tuple[str, ...]:
    """ARNs of `STUDIO_ROLES`, wherever it stands.

    Raises:
        SettingRefusedError: one is none of this account.
    """
    try:
        return parse_studio_roles(text, account=who.account, region=who.region)
    except StudioRoleError as error:
        raise SettingRefusedError(STUDIO_ROLES, str(error)) from None
