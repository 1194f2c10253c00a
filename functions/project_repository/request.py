"""The properties of both custom resources, parsed once at the edge."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudformation_response.properties import PropertyError, matching, one_of, text

ON_DELETE = ("archive", "delete", "keep")
_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})")
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_PROJECT_ID = re.compile(r"p-[a-z0-9]{12}")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9._-]{1,255}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_NUMBER = re.compile(r"[1-9][0-9]*")
# GitHub takes 350 characters; the rest is for the marker.
_MAX_DESCRIPTION = 250


@dataclass(frozen=True)
class RepositoryRequest:
    """Properties of `Custom::GitHubRepository`."""

    owner: str
    name: str
    description: str
    token_secret_arn: str
    project_id: str
    on_delete: str
    environments: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """Return `owner/name`."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True)
class ContentRequest:
    """Properties of `Custom::GitHubRepositoryContent`."""

    full_name: str
    repository_id: str
    token_secret_arn: str
    seed_bucket: str
    seed_key: str
    configuration: Mapping[str, str]


def parse_repository(properties: Mapping[str, Any]) -> RepositoryRequest:
    """Check and type the properties of a repository.

    Raises:
        PropertyError: naming the property.
    """
    environments = properties.get("Environments", [])
    if not isinstance(environments, list):
        raise PropertyError("Environments", "must be a list of names")
    for environment in environments:
        if not _ENVIRONMENT.fullmatch(str(environment)):
            raise PropertyError("Environments", f"has the unusable name {environment!r}")
    description = " ".join(text(properties, "Description").split())
    return RepositoryRequest(
        owner=matching(properties, "Owner", _OWNER),
        name=matching(properties, "Name", _NAME),
        description=description[:_MAX_DESCRIPTION],
        token_secret_arn=text(properties, "TokenSecretArn"),
        project_id=matching(properties, "ProjectId", _PROJECT_ID),
        on_delete=one_of(properties, "OnDelete", ON_DELETE),
        environments=tuple(str(environment) for environment in environments),
    )


def parse_content(properties: Mapping[str, Any]) -> ContentRequest:
    """Check and type the properties of a repository's content.

    Raises:
        PropertyError: naming the property.
    """
    owner, _, name = text(properties, "FullName").partition("/")
    if not (_OWNER.fullmatch(owner) and _NAME.fullmatch(name)):
        raise PropertyError("FullName", "must be OWNER/NAME")
    return ContentRequest(
        full_name=f"{owner}/{name}",
        repository_id=matching(properties, "RepositoryId", _NUMBER),
        token_secret_arn=text(properties, "TokenSecretArn"),
        seed_bucket=text(properties, "SeedBucket"),
        seed_key=text(properties, "SeedKey"),
        configuration=parse_configuration(properties),
    )


def parse_configuration(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of `project.env`.

    Raises:
        PropertyError: a name is not upper snake case, or a value spans lines.
    """
    configuration = properties.get("Configuration", {})
    if not isinstance(configuration, dict):
        raise PropertyError("Configuration", "must map names to values")
    for key, value in configuration.items():
        if not _VARIABLE.fullmatch(key):
            raise PropertyError("Configuration", f"has the unusable name {key!r}")
        if not str(value).isprintable():
            raise PropertyError("Configuration", f"has a value of {key} that is not one line")
    return {key: str(value) for key, value in configuration.items()}
