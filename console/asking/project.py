"""What SageMaker says of a project itself: whose repositories are its, and its stages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from mlops_sm_project_template.config.names import DEFAULT_STAGES, STAGE_PATTERN

_FRESH_SECONDS = 20.0
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
        return gaps.ask("Project", "sagemaker", lambda: describe_project(account, project), None)

    return Question("project", project.group, ask, _FRESH_SECONDS)


def owner_of(account: Account, project: ProjectNames, about: str, gaps: PageGaps) -> str:
    """Whose repositories are a project's; empty if that cannot be read."""

    def ask() -> str | None:
        return gaps.ask(about, "sagemaker", lambda: describe_project(account, project).owner, None)

    return account.recent.get(("owner", project.group), ask) or ""


def describe_project(account: Account, project: ProjectNames) -> Described:
    """Ask SageMaker.

    Raises:
        ClientError: it refused, or there is no such project.
        BotoCoreError: it did not answer.
    """
    told = account.client("sagemaker").describe_project(ProjectName=project.name)
    given = _parameters(told)
    return Described(
        owner=given.get("GithubUserName", ""),
        stages=tuple(_STAGE.findall(given.get("Stages", ""))) or DEFAULT_STAGES,
    )


def _parameters(told: Mapping[str, Any]) -> dict[str, str]:
    details = told.get("ServiceCatalogProvisioningDetails") or {}
    given = details.get("ProvisioningParameters", [])
    return {one["Key"]: one.get("Value", "") for one in given}
