"""The execution roles of SageMaker Studio, and who works with each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

# Of SSM: the role that Studio's users are registered by.
PARAMETER = "/sagemaker/execution/role"


@dataclass(frozen=True)
class StudioRole:
    """One role.

    Args:
        arn: of the role.
        used_by: such as `domain NAME` and `profile NAME of domain NAME`, for people.
        domains: names of those that it is used in.
    """

    arn: str
    used_by: tuple[str, ...]
    domains: tuple[str, ...]

    def is_of(self, domains: Iterable[str]) -> bool:
        """Whether it is used in one of these."""
        return not {*self.domains}.isdisjoint(domains)


def list_studio_roles(sagemaker: Any) -> list[StudioRole]:
    """The roles of all domains of an account and region, those of domains first.

    Raises:
        ClientError: domains or profiles may not be read.
    """
    pages = sagemaker.get_paginator("list_domains").paginate()
    domains = [domain for page in pages for domain in page["Domains"]]
    used_by: dict[str, list[tuple[str, str]]] = {}
    for find in (_of_domain, _of_profiles):
        for domain in domains:
            whose = f"domain {domain['DomainName']}"
            for arn, user in find(sagemaker, domain["DomainId"], whose):
                used_by.setdefault(arn, []).append((user, domain["DomainName"]))
    return [_role(arn, users) for arn, users in used_by.items()]


def registered_role(ssm: Any) -> str | None:
    """The role that Studio's users are registered by; None before the prerequisites."""
    try:
        return str(ssm.get_parameter(Name=PARAMETER)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise


def _role(arn: str, users: list[tuple[str, str]]) -> StudioRole:
    domains = dict.fromkeys(domain for _, domain in users)
    return StudioRole(arn, tuple(user for user, _ in users), tuple(domains))


def _of_domain(sagemaker: Any, id_: str, whose: str) -> Iterator[tuple[str, str]]:
    found = sagemaker.describe_domain(DomainId=id_)
    for settings, user in (
        ("DefaultUserSettings", whose),
        ("DefaultSpaceSettings", f"shared spaces of {whose}"),
    ):
        if role := found.get(settings, {}).get("ExecutionRole"):
            yield role, user


def _of_profiles(sagemaker: Any, id_: str, whose: str) -> Iterator[tuple[str, str]]:
    """Those that have a role of their own; the others have their domain's."""
    pages = sagemaker.get_paginator("list_user_profiles").paginate(DomainIdEquals=id_)
    for profile in [one for page in pages for one in page["UserProfiles"]]:
        name = profile["UserProfileName"]
        found = sagemaker.describe_user_profile(DomainId=id_, UserProfileName=name)
        if role := found.get("UserSettings", {}).get("ExecutionRole"):
            yield role, f"profile {name} of {whose}"
