"""All execution roles of named domains: what the setting `STUDIO_DOMAINS` stands for.

A synthesis asks no network, and so knows ARNs alone. A registration looks for the roles and keeps
them as `STUDIO_ROLES`; `doctor` tells what came or went since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from operations.aws_session import Identity
from operations.company_settings import (
    MOST_FURTHER_ROLES,
    STUDIO_DOMAINS,
    STUDIO_ROLES,
    read_roles,
)
from operations.errors import (
    DomainUnknownError,
    NoStudioRoleError,
    RoleOutsideError,
    TooManyRolesError,
)
from operations.studio_roles import StudioRole, list_studio_roles

# No role. What is empty counts as missing, so that what stands elsewhere would come back; and
# other than a variable that is deleted, one that is changed shows when.
NONE = ","


@dataclass(frozen=True)
class NamedDomains:
    """Domains, and the roles of their default settings, spaces and profiles.

    Args:
        names: of the domains, as they were given.
        first: ARN of the role that stands in `/sagemaker/execution/role`.
        further: ARNs of the others.
    """

    names: tuple[str, ...]
    first: str
    further: tuple[str, ...]

    @property
    def settings(self) -> dict[str, str]:
        """What is kept for the next registration, and for the synthesis."""
        return {STUDIO_DOMAINS: ",".join(self.names), STUDIO_ROLES: ",".join(self.further) or NONE}


def split_names(text: str) -> tuple[str, ...]:
    """Names with commas between them, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def find_roles_of(sagemaker: Any, names: Sequence[str]) -> list[str]:
    """ARNs of all roles of the domains: first the first domain's, then the others.

    Raises:
        DomainUnknownError: there is no such domain.
        NoStudioRoleError: none of them has a role.
        ClientError: domains or profiles may not be read.
    """
    pages = sagemaker.get_paginator("list_domains").paginate()
    there = [domain["DomainName"] for page in pages for domain in page["Domains"]]
    for name in names:
        if name not in there:
            raise DomainUnknownError(name, sagemaker.meta.region_name, there)
    roles = [one for one in list_studio_roles(sagemaker) if one.is_of(names)]
    if not roles:
        raise NoStudioRoleError
    first = next((one for one in roles if _is_default(one, names[0])), roles[0])
    return [first.arn, *(one.arn for one in roles if one is not first)]


def resolve(
    sagemaker: Any, names: Sequence[str], who: Identity, *, wanted: str, registered: str | None
) -> NamedDomains:
    """Look for the roles, and for which of them is the first.

    Args:
        sagemaker: boto3 client.
        names: of the domains.
        who: of the account.
        wanted: the role that is to be the first; empty if nobody said.
        registered: the one that is. Projects that chose no role let it in, so it stays if it is
            one of the domains'.

    Raises:
        DomainUnknownError: there is no such domain.
        RoleOutsideError: the wanted role is of none of them.
        TooManyRolesError: there are more roles than can be registered.
        SettingRefusedError: one is none of this account.
    """
    roles = find_roles_of(sagemaker, names)
    if wanted and wanted not in roles:
        raise RoleOutsideError(wanted, names)
    first = wanted or (registered if registered in roles else roles[0])
    further = sorted(arn for arn in roles if arn != first)
    if len(further) > MOST_FURTHER_ROLES:
        raise TooManyRolesError(names, len(roles), MOST_FURTHER_ROLES + 1)
    return NamedDomains(tuple(names), first, read_roles(",".join(further), who))


def _is_default(role: StudioRole, domain: str) -> bool:
    return f"domain {domain}" in role.used_by
