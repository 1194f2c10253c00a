"""What SageMaker says of a project itself: whose repositories are its, and its stages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.asking.account import RECENT_SECONDS, Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from mlops_sm_project_template.config.names import DEFAULT_STAGES, STAGE_PATTERN

_STAGE = re.compile(STAGE_PATTERN)


@dataclass(frozen=True)
class Described:
    """A project.

    Args:
        owner: of its repositories on GitHub; empty if that is not told.
        stages: that it may have, in order.
    """

    owner: str
    stages: tuple[str, ...]


def project_question(account: Account, project: ProjectNames) -> Question:
    """Ask for a project; None if there is none, or it may not be described."""

    def ask(gaps: PageGaps) -> Described | None:
        return find_project(account, project, "Project", gaps)

    return Question("project", project.group, ask, RECENT_SECONDS)


def find_project(
    account: Account, project: ProjectNames, about: str, gaps: PageGaps
) -> Described | None:
    """What SageMaker says of a project, of which it is asked once for all that need it.

    Args:
        account: whose project it is.
        project: which.
        about: what stays unknown if it may not be described.
        gaps: is told that, and if there is no such project.
    """

    def ask() -> Described | None:
        return gaps.find(
            about, "sagemaker", lambda: describe_project(account, project), project.absent
        )

    return account.recent.get(("project", project.group), ask)


def owner_of(account: Account, project: ProjectNames, about: str, gaps: PageGaps) -> str:
    """Whose repositories are a project's; empty if that cannot be read."""
    found = find_project(account, project, about, gaps)
    return found.owner if found else ""


def describe_project(account: Account, project: ProjectNames) -> Described | None:
    """Ask SageMaker; None if another project has the name by now.

    Raises:
        ClientError: it refused, or there is no such project.
        BotoCoreError: it did not answer.
    """
    told = account.client("sagemaker").describe_project(ProjectName=project.name)
    if told["ProjectId"] != project.id:
        return None
    given = _parameters(told)
    return Described(
        owner=given.get("GithubUserName", ""),
        stages=tuple(_STAGE.findall(given.get("Stages", ""))) or DEFAULT_STAGES,
    )


def _parameters(told: Mapping[str, Any]) -> dict[str, str]:
    details = told.get("ServiceCatalogProvisioningDetails") or {}
    given = details.get("ProvisioningParameters", [])
    return {one["Key"]: one.get("Value", "") for one in given}
