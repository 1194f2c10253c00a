"""How a repository is recognized as one that this project made.

Two signs: the number in the physical resource id, which GitHub never gives twice; and, while
that is not known yet (a repeated Create, the Delete after an interrupted one), the marker at the
end of the repository's description.
"""

import re
from dataclasses import dataclass
from typing import Any

from project_repository.request import RepositoryRequest

_PHYSICAL_ID = re.compile(r"github:(?P<full_name>[^:/]+/[^:/]+):(?P<number>[0-9]+)")
_ANY_MARKER = re.compile(r"\[sagemaker-project (?P<project>p-[a-z0-9]{12})\]$")
_MAX_NAME = 100


@dataclass(frozen=True)
class RepositoryIdentity:
    """What a physical resource id says."""

    full_name: str
    number: str


def unmade_id(properties: dict[str, Any]) -> str:
    """Return the physical id while nothing is made; it leads to no repository."""
    return f"github:{properties.get('Owner')}/{properties.get('Name')}:none"


def made_id(request: RepositoryRequest, repository: dict[str, Any]) -> str:
    """Return the physical id of a repository: stable over renames in GitHub."""
    return f"github:{request.full_name}:{repository['id']}"


def parse_id(physical_id: str) -> RepositoryIdentity | None:
    """Read a physical id, or return None when nothing was known to be made."""
    match = _PHYSICAL_ID.fullmatch(physical_id)
    return RepositoryIdentity(match["full_name"], match["number"]) if match else None


def marked_description(request: RepositoryRequest) -> str:
    """Return the description with the project's marker."""
    return f"{request.description} {_marker(request)}"


def rolled_back_name(request: RepositoryRequest) -> str:
    """Return the name under which a repository steps aside that may not be deleted."""
    end = f"-rolled-back-{request.project_id}"
    return f"{request.name[: _MAX_NAME - len(end)]}{end}"


def is_marked(request: RepositoryRequest, repository: dict[str, Any], full_name: str) -> bool:
    """Tell whether this project made the repository of this very name."""
    same_name = str(repository["full_name"]).lower() == full_name.lower()
    return same_name and str(repository.get("description") or "").endswith(_marker(request))


def marked_project(repository: dict[str, Any]) -> str | None:
    """Return the id of the project that made the repository, ours or another one."""
    match = _ANY_MARKER.search(str(repository.get("description") or ""))
    return match["project"] if match else None


def _marker(request: RepositoryRequest) -> str:
    return f"[sagemaker-project {request.project_id}]"
