"""The properties of both custom resources, parsed once at the edge."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudformation_response.properties import PropertyError, matching, one_of, text
from cloudformation_response.stages import (
    named,
    parse_places,
    renamed_stages,
)
from github_client.stored_credential import owner_of, stored_secret, true_name

ON_DELETE = ("archive", "delete", "keep")
_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})")
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_PROJECT_NAME = re.compile(r"[A-Za-z0-9](?:-*[A-Za-z0-9]){0,31}")
_PROJECT_ID = re.compile(r"p-[a-z0-9]{12}")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9._-]{1,255}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_NUMBER = re.compile(r"[1-9][0-9]*")
_MARK = re.compile(r"[a-z][a-z0-9-]*")
# GitHub takes 350 characters; the rest is for the marker.
_MAX_DESCRIPTION = 250


# File -> mark -> text.
Notes = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class RepositoryRequest:
    """Properties of `Custom::GitHubRepository`.

    `places` are the stages in their places; a repository without stages has none, and neither does
    one of a template from before.
    `project_name` is told with a stored credential, since SageMaker knows projects by their names.
    """

    owner: str
    name: str
    description: str
    token_secret_arn: str
    project_id: str
    on_delete: str
    environments: tuple[str, ...]
    reviewed_environments: tuple[str, ...]
    places: tuple[str, ...] = ()
    project_name: str = ""

    @property
    def full_name(self) -> str:
        """Return `owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def uses_stored(self) -> bool:
        """Tell whether the token is the one that is stored for an owner."""
        return bool(owner_of(self.token_secret_arn))


@dataclass(frozen=True)
class ContentRequest:
    """Properties of `Custom::GitHubRepositoryContent`."""

    full_name: str
    repository_id: str
    token_secret_arn: str
    seed_bucket: str
    seed_key: str
    configuration: Mapping[str, str]
    notes: Notes
    stages: tuple[str, ...] = ()

    @property
    def seed_version(self) -> str:
        """Return what tells versions of the seed apart: the bundle, and what is written into it."""
        return seed_version(self.seed_key, self.notes, self.stages)


def parse_repository(properties: Mapping[str, Any]) -> RepositoryRequest:
    """Check and type the properties of a repository.

    Raises:
        PropertyError: naming the property.
    """
    environments = _environments(properties, "Environments")
    reviewed = _environments(properties, "ReviewedEnvironments")
    for environment in reviewed:
        if environment not in environments:
            raise PropertyError(
                "ReviewedEnvironments", f"has {environment!r}, which is not in Environments"
            )
    description = " ".join(text(properties, "Description").split())
    owner, secret = matching(properties, "Owner", _OWNER), _secret(properties)
    if owner_of(secret) and secret != stored_secret(owner):
        raise PropertyError("TokenSecretArn", f"is of another owner than {owner}")
    return RepositoryRequest(
        owner=owner,
        name=matching(properties, "Name", _NAME),
        description=description[:_MAX_DESCRIPTION],
        token_secret_arn=secret,
        project_id=matching(properties, "ProjectId", _PROJECT_ID),
        on_delete=one_of(properties, "OnDelete", ON_DELETE),
        environments=environments,
        reviewed_environments=reviewed,
        places=parse_places(properties) if "Stages" in properties else (),
        project_name=matching(properties, "ProjectName", _PROJECT_NAME) if owner_of(secret) else "",
    )


def _secret(properties: Mapping[str, Any]) -> str:
    return true_name(text(properties, "TokenSecretArn"))


def _environments(properties: Mapping[str, Any], name: str) -> tuple[str, ...]:
    environments = properties.get(name, [])
    if not isinstance(environments, list):
        raise PropertyError(name, "must be a list of names")
    for environment in environments:
        if not _ENVIRONMENT.fullmatch(str(environment)):
            raise PropertyError(name, f"has the unusable name {environment!r}")
    return tuple(str(environment) for environment in environments)


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
        token_secret_arn=_secret(properties),
        seed_bucket=text(properties, "SeedBucket"),
        seed_key=text(properties, "SeedKey"),
        configuration=parse_configuration(properties),
        notes=parse_notes(properties),
        stages=named(parse_places(properties)),
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


def parse_notes(properties: Mapping[str, Any]) -> Notes:
    """Return the texts that are written into files of the seed, by file and mark.

    Raises:
        PropertyError: a mark is not lower kebab case, or a text is not one line.
    """
    notes = properties.get("Notes", {})
    if not isinstance(notes, dict) or not all(isinstance(each, dict) for each in notes.values()):
        raise PropertyError("Notes", "must map files to marks to texts")
    for path, texts in notes.items():
        for mark, words in texts.items():
            if not _MARK.fullmatch(mark):
                raise PropertyError("Notes", f"has the unusable mark {mark!r} for {path}")
            if not isinstance(words, str) or not words or not words.isprintable():
                raise PropertyError("Notes", f"has a text of {mark} for {path} that is not a line")
    return notes


def seed_version(seed_key: str, notes: Notes, stages: tuple[str, ...]) -> str:
    """Return the bundle's key, with a hash of what is written into the seed, if anything is."""
    written: Any = notes
    if renamed := renamed_stages(stages):
        written = [notes, renamed]
    elif not notes:
        return seed_key
    digest = hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()
    return f"{seed_key}+{digest[:12]}"
