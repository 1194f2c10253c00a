"""The stages of a project: what `config/stages.yml` on its default branch lists."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

import yaml

from deploy_dispatch.dispatch_workflow import (
    missing_branch,
    missing_file,
    what_is_wrong_with_repository,
)
from deploy_dispatch.project import Project
from github_client.api import GitHubApi
from github_client.errors import GitHubError

REGISTRY = "registry"
_APPROVALS = ("automatic", "environment", REGISTRY)
_FILE = "config/stages.yml"
_NAME = re.compile(r"[a-z][a-z0-9]{0,19}")
_LARGEST_BYTES = 100_000


class StagesError(GitHubError):
    """The list of a project's stages cannot be read."""

    def __init__(self, project: Project, why: str, remedy: str) -> None:
        super().__init__(
            f"The stages of {project.deploy_full_name} cannot be read: {why}; {remedy}, then run "
            "`make redrive`, which sends the event again."
        )


@dataclass(frozen=True)
class Stage:
    """One stage.

    Args:
        name: as the deploy repository has it.
        approval: automatic, environment or registry: what a version needs to enter it.
    """

    name: str
    approval: str


def read_stages(api: GitHubApi, project: Project) -> tuple[Stage, ...]:
    """Ask GitHub for the stages of a project, in order.

    Raises:
        StagesError: the file is not there, or is none that the deploy workflow takes.
    """
    path = f"/repos/{project.deploy_full_name}/contents/{_FILE}?ref={project.default_branch}"
    answer = api.send("GET", path, accept=(404,))
    if answer.status == 404:
        raise StagesError(project, *_what_is_missing(api, project, answer.body))
    try:
        return parse_stages(base64.b64decode(answer.body["content"]))
    except (binascii.Error, KeyError, TypeError):
        raise StagesError(project, f"{_FILE} is no file", "restore it") from None
    except ValueError as error:
        remedy = "correct it with `make check` there"
        raise StagesError(project, f"{_FILE} {error}", remedy) from None


def _what_is_missing(api: GitHubApi, project: Project, said: Any) -> tuple[str, str]:
    if "no commit found" in str(said).lower():
        return missing_branch(project)
    return what_is_wrong_with_repository(api, project) or missing_file(project, _FILE)


def parse_stages(content: bytes) -> tuple[Stage, ...]:
    """Read the file.

    Raises:
        ValueError: says what is wrong with it.
    """
    if len(content) > _LARGEST_BYTES:
        raise ValueError(f"is longer than {_LARGEST_BYTES} bytes")
    try:
        listed = yaml.safe_load(content)["stages"]
        stages = tuple(_stage(one) for one in listed)
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError):
        raise ValueError("is no YAML") from None
    except (TypeError, KeyError):
        raise ValueError("lists no stages") from None
    names = [stage.name for stage in stages]
    if not stages or len(set(names)) < len(names):
        raise ValueError("lists no stage, or one twice")
    return stages


def _stage(told: Any) -> Stage:
    stage = Stage(str(told["name"]), str(told["approval"]))
    if not _NAME.fullmatch(stage.name):
        raise ValueError(f"has a stage {stage.name!r}")
    if stage.approval not in _APPROVALS:
        raise ValueError(f"gives {stage.name} the approval {stage.approval!r}")
    return stage
