"""Requests for `Custom::GitHubRepository` as CloudFormation sends them."""

from typing import Any

from tests.rehearsed.functions.repository_world import (
    SECRET_ARN,
    RepositoryWorld,
)
from tests.unit.functions.invocation_fakes import custom_resource_event

PROJECT_ID = "p-abcdefghijkl"
MARKER = f"[sagemaker-project {PROJECT_ID}]"
NAME = "octo/rings-deploy"


def properties(**changed: Any) -> dict[str, Any]:
    """The properties of the deploy repository."""
    return {
        "Owner": "octo",
        "Name": "rings-deploy",
        "Description": "Deploys rings",
        "TokenSecretArn": SECRET_ARN,
        "ProjectId": PROJECT_ID,
        "OnDelete": "archive",
        "Environments": ["dev"],
        **changed,
    }


def run(world: RepositoryWorld, kind: str, **options: Any) -> dict[str, Any]:
    """Send one request and return what CloudFormation hears."""
    changed = options.pop("changed", {})
    seconds = options.pop("seconds", 900.0)
    event = custom_resource_event(
        kind, "Custom::GitHubRepository", properties(**changed), **options
    )
    return world.run(event, seconds=seconds)


def update(world: RepositoryWorld, made: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Update from the default properties to changed ones."""
    return run(
        world,
        "Update",
        changed=changed,
        PhysicalResourceId=made["PhysicalResourceId"],
        OldResourceProperties=properties(),
    )


def update_back(world: RepositoryWorld, made: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Take back an update from the default properties to changed ones."""
    world.aws.stack_status = "UPDATE_ROLLBACK_IN_PROGRESS"
    return run(
        world,
        "Update",
        PhysicalResourceId=made["PhysicalResourceId"],
        OldResourceProperties=properties(**changed),
    )


def delete(world: RepositoryWorld, made: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Delete by a physical id."""
    if not world.aws.stack_status.startswith(("ROLLBACK", "UPDATE")):
        world.aws.stack_status = "DELETE_IN_PROGRESS"
    return run(world, "Delete", changed=changed, PhysicalResourceId=made["PhysicalResourceId"])


def add(world: RepositoryWorld, name: str, **fields: Any) -> dict[str, Any]:
    """A repository that somebody made by hand."""
    made: dict[str, Any] = world.github.rest("POST", "/user/repos", {"name": name, **fields})
    return made


def repository(world: RepositoryWorld, full_name: str = NAME) -> dict[str, Any]:
    """What GitHub shows of a repository."""
    shown: dict[str, Any] = world.github.rest("GET", f"/repos/{full_name}")
    return shown


def names(world: RepositoryWorld) -> set[str]:
    """The repositories that there are."""
    return {item["full_name"] for item in world.github.rest("GET", "/user/repos")}


def reviewers(world: RepositoryWorld, name: str, full_name: str = NAME) -> list[str]:
    """Who is asked before a deployment to an environment."""
    shown = world.github.rest("GET", f"/repos/{full_name}/environments/{name}")
    rules = [rule for rule in shown["protection_rules"] if rule["type"] == "required_reviewers"]
    return [each["reviewer"]["login"] for rule in rules for each in rule["reviewers"]]


def environments(world: RepositoryWorld, full_name: str = NAME) -> set[str]:
    """The environments of a repository."""
    found = world.github.rest("GET", f"/repos/{full_name}/environments")["environments"]
    return {item["name"] for item in found}
