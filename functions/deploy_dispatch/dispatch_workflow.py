"""Starts the deploy workflow for an approved model version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy_dispatch.project import Project
from github_client.api import GitHubApi
from github_client.errors import GitHubError, RefusedError


class DispatchRefusedError(GitHubError):
    """GitHub does not start the workflow."""

    def __init__(self, repository: str, workflow: str, said: str, remedy: str) -> None:
        super().__init__(
            f"GitHub did not start {workflow} of {repository} ({said}); {remedy}, then redrive "
            "the event from the queue."
        )


@dataclass(frozen=True)
class Approval:
    """An approved version of a model."""

    group: str
    model_package_arn: str


def parse_approval(detail: Mapping[str, Any]) -> Approval | None:
    """Read a model package event; None unless it says that a version became approved.

    An edit of an approved version's metadata is told from an approval by
    `UpdatedModelPackageFields`; a version that is born approved has no such field.
    """
    edited = detail.get("UpdatedModelPackageFields") or ["ModelApprovalStatus"]
    if (
        detail.get("ModelApprovalStatus") != "Approved"
        or detail.get("ModelPackageStatus", "Completed") != "Completed"
        or "ModelApprovalStatus" not in edited
        or not detail.get("ModelPackageGroupName")
    ):
        return None
    return Approval(str(detail["ModelPackageGroupName"]), str(detail["ModelPackageArn"]))


def dispatch_workflow(api: GitHubApi, project: Project, approval: Approval) -> None:
    """Start the workflow on the default branch with the version as its input.

    Raises:
        DispatchRefusedError: the workflow, the branch or the input is not what it was.
    """
    repository = f"{project.owner}/{project.deploy_repository}"
    path = f"/repos/{repository}/actions/workflows/{project.deploy_workflow}/dispatches"
    body = {
        "ref": project.default_branch,
        "inputs": {"model_package_arn": approval.model_package_arn},
    }
    try:
        api.send("POST", path, body)
    except RefusedError as error:
        remedy = _remedy(error, project)
        raise DispatchRefusedError(
            repository, project.deploy_workflow, f"{error.status} {error.said}", remedy
        ) from None


def _remedy(error: RefusedError, project: Project) -> str:
    if error.status == 404:
        return f"restore the repository, the file {project.deploy_workflow} or the token's access"
    if error.status == 403:
        return "unarchive the repository or let the token's user write to it"
    if "ref" in error.said.lower():
        return f"restore the branch {project.default_branch}"
    return "give the workflow a `workflow_dispatch` trigger with the input `model_package_arn`"
