"""The execution roles of Studio: a domain has one for all, and a user profile may have another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StudioRole:
    """A role, and whose it is.

    Args:
        arn: of the role.
        used_by: such as `domain NAME` and `profile NAME of domain NAME`.
    """

    arn: str
    used_by: tuple[str, ...]


def list_studio_roles(sagemaker: Any) -> list[StudioRole]:
    """Execution roles of all domains and of the profiles that have their own, by their ARNs.

    Raises:
        ClientError: domains or profiles may not be read.
    """
    users: dict[str, list[str]] = {}
    for arn, user in _uses(sagemaker):
        users.setdefault(arn, []).append(user)
    return [StudioRole(arn, tuple(users[arn])) for arn in sorted(users)]


def _uses(sagemaker: Any) -> Iterator[tuple[str, str]]:
    for page in sagemaker.get_paginator("list_domains").paginate():
        for domain in page["Domains"]:
            described = sagemaker.describe_domain(DomainId=domain["DomainId"])
            whose = f"domain {domain['DomainName']}"
            role = described.get("DefaultUserSettings", {}).get("ExecutionRole")
            if role:
                yield role, whose
            yield from _uses_in(sagemaker, domain["DomainId"], whose)


def _uses_in(sagemaker: Any, domain: str, whose: str) -> Iterator[tuple[str, str]]:
    for page in sagemaker.get_paginator("list_user_profiles").paginate(DomainIdEquals=domain):
        for profile in page["UserProfiles"]:
            name = profile["UserProfileName"]
            described = sagemaker.describe_user_profile(DomainId=domain, UserProfileName=name)
            role = described.get("UserSettings", {}).get("ExecutionRole")
            if role:
                yield role, f"profile {name} of {whose}"
