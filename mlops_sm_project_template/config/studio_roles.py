"""Further execution roles of Studio, as the setting `STUDIO_ROLES` names them.

With commas between them, each is the ARN of a role of the registration's account. The first role
stands in the SSM parameter `/sagemaker/execution/role` and needs no word here.
"""

import re

from mlops_sm_project_template.config.partitions import check_partition, partition_of
from mlops_sm_project_template.config.refused_values import RefusedValueError, split_items

MOST_ROLES = 10
# A policy reads these names as they are written: no wildcard, no variable.
_NAME = r"(?:[a-zA-Z0-9+=.@_-]+/)*[a-zA-Z0-9+=.@_-]{1,64}"
_ROLE = re.compile(rf"arn:aws[a-z-]*:iam::(?P<account>[0-9]{{12}}):role/{_NAME}")


class StudioRoleError(RefusedValueError):
    """A role is malformed or not of this account; the message names it and the remedy."""


def parse_studio_roles(text: str, *, account: str, region: str) -> tuple[str, ...]:
    """Read the setting: ARNs of roles, each once.

    Args:
        text: what the setting says.
        account: of the registration. Projects let in nobody of another one.
        region: of the registration, which decides the partition.

    Raises:
        StudioRoleError: it is not what the module says; correct the role that is named.
    """
    roles = tuple(split_items(text))
    for role in roles:
        _check(role, account, region)
        if roles.count(role) > 1:
            raise StudioRoleError(f"{role} stands there twice; name each role once")
    if len(roles) > MOST_ROLES:
        raise StudioRoleError(f"it names {len(roles)} roles; name at most {MOST_ROLES}")
    return roles


def _check(role: str, account: str, region: str) -> None:
    found = _ROLE.fullmatch(role)
    if found is None:
        raise StudioRoleError(
            f"{role!r} is not the ARN of a role, such as "
            f"arn:{partition_of(region)}:iam::{account}:role/NAME"
        )
    if found["account"] != account:
        raise StudioRoleError(
            f"{role} is a role of account {found['account']}, but Studio of {account} alone has "
            "projects there; name a role of that account"
        )
    check_partition(role, region, StudioRoleError)
