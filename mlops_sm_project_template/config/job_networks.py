"""Where jobs and endpoints of projects may run in a VPC, as four settings say.

`JOBS_SUBNETS` and `JOBS_SECURITY_GROUPS` are for jobs, and `ENDPOINT_SUBNETS` and
`ENDPOINT_SECURITY_GROUPS` for endpoints.
"""

import re

from mlops_sm_project_template.config.refused_values import RefusedValueError, split_items

_KINDS = {"subnet": "subnet", "sg": "security group"}


class JobNetworkError(RefusedValueError):
    """An id is malformed or missing; the message names it and the remedy."""


def parse_ids(text: str, *, prefix: str) -> tuple[str, ...]:
    """Read one of the settings; what stands there twice counts once.

    Args:
        text: ids with commas between them.
        prefix: what they begin with: `subnet` or `sg`.

    Raises:
        JobNetworkError: one is none; correct it.
    """
    ids = tuple(dict.fromkeys(split_items(text)))
    for given in ids:
        if not re.fullmatch(rf"{prefix}-(?:[0-9a-f]{{8}}|[0-9a-f]{{17}})", given):
            raise JobNetworkError(
                f"{given!r} is not the id of a {_KINDS[prefix]}, such as {prefix}-0123456789abcdef0"
            )
    return ids


def check_together(whose: str, subnets: tuple[str, ...], groups: tuple[str, ...]) -> None:
    """Refuse one kind without the other, since SageMaker takes both or none.

    Args:
        whose: what both settings begin with, in capitals.
        subnets: of the one setting.
        groups: of the other.

    Raises:
        JobNetworkError: one kind is missing.
    """
    if bool(subnets) != bool(groups):
        raise JobNetworkError(
            f"{whose}_SUBNETS and {whose}_SECURITY_GROUPS belong together: give both, or neither"
        )
