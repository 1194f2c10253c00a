"""How a company wants the roles: `ROLE_PATH`, `ROLE_PREFIX` and `PERMISSIONS_BOUNDARY`.

Names of roles are an account's, not a region's; a prefix of its own lets a second region be
registered beside the first.
"""

import re
from dataclasses import dataclass

from mlops_sm_project_template.config.partitions import check_partition, partition_of
from mlops_sm_project_template.config.refused_values import RefusedValueError

ROOT_PATH = "/"
# A role's name has 64 characters, of which cloudformation-<stage> of a project takes 56.
PATH_PATTERN = r"^/([a-zA-Z0-9+=,.@_-]+/)*$"
PREFIX_PATTERN = r"^[a-zA-Z0-9_-]{0,8}$"
_POLICY = re.compile(
    r"arn:aws[a-z-]*:iam::(?P<account>[0-9]{12}):policy/"
    r"(?:[a-zA-Z0-9+=,.@_-]+/)*[a-zA-Z0-9+=,.@_-]{1,128}"
)


class BoundaryError(RefusedValueError):
    """The boundary is malformed or not of this account; the message names it and the remedy."""


@dataclass(frozen=True)
class CompanyRoles:
    """Where the roles stand, how their names begin, and what confines them.

    Attributes:
        path: of the roles; `/` for none.
        prefix: what the names of roles and policies begin with.
        boundary: ARN of the company's permissions boundary; None leaves the slot to ours.
    """

    path: str = ROOT_PATH
    prefix: str = ""
    boundary: str | None = None

    def role(self, name: str) -> str:
        """A role as its ARN ends, `role/PATH/NAME`."""
        return f"role{self.path}{self.prefix}{name}"

    def policy(self, name: str) -> str:
        """A managed policy as its ARN ends, `policy/NAME`."""
        return f"policy/{self.prefix}{name}"


def parse_boundary(text: str, *, account: str, region: str) -> str:
    """Read `PERMISSIONS_BOUNDARY`: the ARN of a managed policy of this account.

    Raises:
        BoundaryError: it is none; correct it.
    """
    found = _POLICY.fullmatch(text)
    if found is None:
        raise BoundaryError(
            f"{text!r} is not the ARN of a managed policy, such as "
            f"arn:{partition_of(region)}:iam::{account}:policy/NAME"
        )
    if found["account"] != account:
        raise BoundaryError(
            f"{text} is a policy of account {found['account']}, but IAM takes a boundary of the "
            f"role's own account alone; name one of {account}"
        )
    check_partition(text, region, BoundaryError)
    return text
