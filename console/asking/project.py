"""What SageMaker says of a project itself: its state, and whose repositories are its."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
        status: of SageMaker.
        description: of who made it.
        created: when.
        created_by: ARN of who made it; empty if that is not told.
        owner: of its repositories on GitHub; empty if that is not told.
        stages: that it may have, in order.
        why: what of its launch failed; empty if nothing.
    """

    status: str
    description: str
    created: datetime
    created_by: str
    owner: str
    stages: tuple[str, ...]
    why: str


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
    product = told.get("ServiceCatalogProvisionedProductDetails") or {}
    return Described(
        status=told["ProjectStatus"],
        description=told.get("ProjectDescription", ""),
        created=told["CreationTime"],
        created_by=(told.get("CreatedBy") or {}).get("IamIdentity", {}).get("Arn", ""),
        owner=given.get("GithubUserName", ""),
        stages=tuple(_STAGE.findall(given.get("Stages", ""))) or DEFAULT_STAGES,
        why=product.get("ProvisionedProductStatusMessage", ""),
    )


def _parameters(told: Mapping[str, Any]) -> dict[str, str]:
    details = told.get("ServiceCatalogProvisioningDetails") or {}
    given = details.get("ProvisioningParameters", [])
    return {one["Key"]: one.get("Value", "") for one in given}
