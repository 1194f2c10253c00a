"""The execution roles of SageMaker Studio, and who works with each."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StudioRole:
    """One role.

    Args:
        arn: of the role.
        used_by: the domains and user profiles that have it, for people.
    """

    arn: str
    used_by: tuple[str, ...]


def list_studio_roles(sagemaker: Any) -> list[StudioRole]:
    """The roles of all domains of an account and region, those of domains first.

    Raises:
        ClientError: domains or profiles may not be read.
    """
    used_by: dict[str, list[str]] = defaultdict(list)
    for arn, user in _uses(sagemaker):
        used_by[arn].append(user)
    return [StudioRole(arn, tuple(users)) for arn, users in used_by.items()]


def _uses(sagemaker: Any) -> Iterator[tuple[str, str]]:
    pages = sagemaker.get_paginator("list_domains").paginate()
    domains = [domain for page in pages for domain in page["Domains"]]
    for domain in domains:
        found = sagemaker.describe_domain(DomainId=domain["DomainId"])
        for settings in ("DefaultUserSettings", "DefaultSpaceSettings"):
            if role := found.get(settings, {}).get("ExecutionRole"):
                yield role, f"domain {domain['DomainName']}"
                break
    for domain in domains:
        for role, profile in _of_profiles(sagemaker, domain["DomainId"]):
            yield role, f"profile {profile} of {domain['DomainName']}"


def _of_profiles(sagemaker: Any, domain_id: str) -> Iterator[tuple[str, str]]:
    pages = sagemaker.get_paginator("list_user_profiles").paginate(DomainIdEquals=domain_id)
    for profile in [one for page in pages for one in page["UserProfiles"]]:
        name = profile["UserProfileName"]
        found = sagemaker.describe_user_profile(DomainId=domain_id, UserProfileName=name)
        if role := found.get("UserSettings", {}).get("ExecutionRole"):
            yield role, name
