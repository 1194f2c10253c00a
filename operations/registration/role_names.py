"""Whether the roles of a registration may have the names that the company's settings give them."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from operations.account_names import LAUNCH_ROLE, fixed_role, suggested_prefix, taken_roles
from operations.company_settings import PATH, PREFIX, read_settings
from operations.doctor.examination import missing_right
from operations.errors import RolesNamedError, RolesTakenError
from operations.registration.setting import Setting

ROOT_PATH = "/"


def check_role_names(setting: Setting) -> None:
    """Look before anything is made; who may not look at roles may still register.

    Raises:
        RolesTakenError: another region of the account has roles of these names.
        RolesNamedError: a registration is here, whose roles have other names.
    """
    settings = read_settings(setting.folder)
    try:
        _check_free(setting, settings.get(PREFIX, ""))
        _check_unchanged(setting, settings)
    except ClientError as error:
        if missing_right(error, "iam") is None:
            raise


def _check_free(setting: Setting, prefix: str) -> None:
    taken = taken_roles(setting.client("iam"), setting.client("cloudformation"), prefix)
    if taken:
        raise RolesTakenError(taken, suggested_prefix(setting.identity.region))


def _check_unchanged(setting: Setting, settings: Mapping[str, str]) -> None:
    """By workflow, variables of the repository may say what nothing says here."""
    if setting.owner and not {PATH, PREFIX} & settings.keys():
        return
    found = fixed_role(setting.client("cloudformation"), setting.client("iam"))
    start = f":role{settings.get(PATH, ROOT_PATH)}{settings.get(PREFIX, '')}"
    if found and not found.endswith(f"{start}{LAUNCH_ROLE}"):
        raise RolesNamedError(found)
