"""What a company sets for its registration, as the synthesis reads it: environment, then `.env`."""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from mlops_sm_project_template.config.encryption_key import (
    SHARED,
    EncryptionKeyError,
    parse_key,
)
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
DATA_LOCATIONS = "DATA_LOCATIONS"
ISSUER = "OPENID_CONNECT_ISSUER"
STUDIO_ROLES = "STUDIO_ROLES"
KMS_KEY = "KMS_KEY"
# What it says where the registration makes the key.
SHARED_KEY = SHARED
PRINCIPAL_ORG_ID = "PRINCIPAL_ORG_ID"
BOUNDARY, PATH, PREFIX = "PERMISSIONS_BOUNDARY", "ROLE_PATH", "ROLE_PREFIX"
# How the company wants roles: the setting, and the parameter of the prerequisites.
ROLE_PARAMETERS = {
    PATH: "RolePath",
    PREFIX: "RolePrefix",
    BOUNDARY: "PermissionsBoundary",
}
STUDIO_DOMAINS = "STUDIO_DOMAINS"
MOST_FURTHER_ROLES = MOST_ROLES
# Those that the repository has as variables; its workflow hands on all but STUDIO_DOMAINS, of
# which a registration makes STUDIO_ROLES.
VARIABLES = (
    "ALARM_TOPIC_ARN",
    QUALIFIER,
    "BUDGET_TOPIC_ARN",
    DATA_LOCATIONS,
    "IMAGE_REPOSITORIES",
    "JOBS_SUBNETS",
    "JOBS_SECURITY_GROUPS",
    ISSUER,
    "ENDPOINT_SUBNETS",
    "ENDPOINT_SECURITY_GROUPS",
    KMS_KEY,
    PRINCIPAL_ORG_ID,
    "TAGS",
    STUDIO_DOMAINS,
    STUDIO_ROLES,
    *ROLE_PARAMETERS,
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


def key_of_projects(
    who: Identity, folder: Path = FOLDER, environment: Mapping[str, str] = os.environ
) -> str:
    """The key of new projects, `SHARED_KEY` or an ARN; empty if each makes its own.

    Raises:
        SettingRefusedError: it is no key that they can have.
    """
    return read_key(read_settings(folder, environment).get(KMS_KEY, ""), who)


def read_key(text: str, who: Identity) -> str:
    """The key that `KMS_KEY` names, wherever it stands; empty if it is.

    Raises:
        SettingRefusedError: it is no key that projects can have.
    """
    key = text.strip()
    try:
        return key and parse_key(key, account=who.account, region=who.region)
    except EncryptionKeyError as error:
        raise SettingRefusedError(KMS_KEY, str(error)) from None
