"""Requests for `Custom::GitHubRepository` as CloudFormation sends them."""

from typing import Any

from project_repository.handler import handle_request
from tests.unit.functions.invocation_fakes import SECRET_ARN, FakeContext, Stage

PROJECT_ID = "p-abcdefghijkl"
MARKER = f"[sagemaker-project {PROJECT_ID}]"


def properties(**changed: Any) -> dict[str, Any]:
    """The properties of the deploy repository."""
    return {
        "Owner": "ada",
        "Name": "rings-deploy",
        "Description": "Deploys rings",
        "TokenSecretArn": SECRET_ARN,
        "ProjectId": PROJECT_ID,
        "OnDelete": "archive",
        "Environments": ["dev"],
        **changed,
    }


def run(stage: Stage, kind: str, *, left_seconds: float = 300, **options: Any) -> dict[str, Any]:
    """Send one request and return what CloudFormation hears."""
    changed = options.pop("changed", {})
    stage.expect_token()
    if kind == "Delete":
        stage.expect_stack_status(stage.stack_status)
    event = stage.cloudformation_event(
        kind, "Custom::GitHubRepository", properties(**changed), **options
    )
    handle_request(event, FakeContext(left_seconds), stage.tools())
    return stage.answers[-1]


def update(stage: Stage, made: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Update from the default properties to changed ones."""
    return run(
        stage,
        "Update",
        changed=changed,
        PhysicalResourceId=made["PhysicalResourceId"],
        OldResourceProperties=properties(),
    )


def delete(stage: Stage, made: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Delete by a physical id."""
    return run(stage, "Delete", changed=changed, PhysicalResourceId=made["PhysicalResourceId"])
