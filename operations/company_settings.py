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
from mlops_sm_project_template.config.studio_roles import StudioRoleError, parse_studio_roles
from operations.aws_session import Identity
from operations.bootstrap import DEFAULT_QUALIFIER
from operations.errors import SettingRefusedError

FOLDER = Path(__file__).resolve().parents[1]
QUALIFIER = "BOOTSTRAP_QUALIFIER"
STUDIO_ROLES = "STUDIO_ROLES"
KMS_KEY = "KMS_KEY"
# What it says where the registration makes the key.
SHARED_KEY = SHARED
PRINCIPAL_ORG_ID = "PRINCIPAL_ORG_ID"
# Those that the registration workflow hands on from the repository's variables.
VARIABLES = (
    QUALIFIER,
    "DATA_LOCATIONS",
    "IMAGE_REPOSITORIES",
    "JOBS_SUBNETS",
    "JOBS_SECURITY_GROUPS",
    "ENDPOINT_SUBNETS",
    "ENDPOINT_SECURITY_GROUPS",
    KMS_KEY,
    PRINCIPAL_ORG_ID,
    "TAGS",
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
    text = read_settings(folder, environment).get(STUDIO_ROLES, "")
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
    text = read_settings(folder, environment).get(KMS_KEY, "").strip()
    try:
        return text and parse_key(text, account=who.account, region=who.region)
    except EncryptionKeyError as error:
        raise SettingRefusedError(KMS_KEY, str(error)) from None
