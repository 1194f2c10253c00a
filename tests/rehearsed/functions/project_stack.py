"""A small CloudFormation over the real handlers: a project's four resources, in their order.

As on AWS, a launch that fails is rolled back by deletions in reverse order; an update that fails by
updates back to the old properties, after which replacements are deleted; and a replaced resource
is deleted when the whole update has succeeded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.rehearsed.functions.repository_world import (
    SECRET_ARN,
    RepositoryWorld,
)
from tests.unit.functions.invocation_fakes import custom_resource_event

OWNER = "octo"
NOTED_FILE, MARK = "README.md", "approval-gate"
BUCKET = "assets"
_REPOSITORY, _CONTENT = "Custom::GitHubRepository", "Custom::GitHubRepositoryContent"
# Logical name -> type and the repository that it is about.
_RESOURCES = {
    "Build": (_REPOSITORY, "build"),
    "Deploy": (_REPOSITORY, "deploy"),
    "DeployContent": (_CONTENT, "deploy"),
    "BuildContent": (_CONTENT, "build"),
}


@dataclass(frozen=True)
class Wishes:
    """What the stack's parameters and the template's version come to."""

    name: str
    project_id: str
    owner: str = OWNER
    on_delete: str = "archive"
    description: str = "of rings"
    environments: tuple[str, ...] = ("dev", "staging", "prod")
    reviewed: tuple[str, ...] = ("staging", "prod")
    seed_key: str = "v1.zip"
    configuration: Mapping[str, str] = field(default_factory=lambda: {"STAGE": "dev"})

    def repository(self, kind: str) -> str:
        """Return the name of the build or the deploy repository."""
        return f"{self.name}-{kind}"


@dataclass
class Resource:
    """A resource of the stack as CloudFormation knows it."""

    physical_id: str
    properties: dict[str, Any]
    attributes: dict[str, str]


class ProjectStack:
    """One project's stack; every method tells whether it ended well."""

    def __init__(self, world: RepositoryWorld, wishes: Wishes) -> None:
        self.world = world
        self.wishes = wishes
        self.status = "REVIEW_IN_PROGRESS"
        self.reasons: list[str] = []
        self.before_rollback: Callable[[], None] = lambda: None  # or before what is repeated
        self._resources: dict[str, Resource] = {}

    def create(self) -> bool:
        """Launch; when that fails, roll back."""
        self._set_status("CREATE_IN_PROGRESS")
        attempted = []
        for name in _RESOURCES:
            attempted.append(name)
            if not self._create(name):
                return self._roll_back_creation(attempted)
        self._set_status("CREATE_COMPLETE")
        return True

    def update(self, wishes: Wishes) -> bool:
        """Update; when that fails, roll back."""
        self._set_status("UPDATE_IN_PROGRESS")
        old_wishes, self.wishes = self.wishes, wishes
        replaced: dict[str, Resource] = {}
        touched: dict[str, Resource] = {}
        for name in _RESOURCES:
            old = self._resources[name]
            if self._properties(name) == old.properties:
                continue
            touched[name] = old
            if not self._update(name):
                self.wishes = old_wishes
                return self._roll_back_update(touched)
            if self._resources[name].physical_id != old.physical_id:
                replaced[name] = old
        self._set_status("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        for name, resource in reversed(replaced.items()):
            if not self._delete(name, resource):
                self.before_rollback()
                self._delete(name, resource)  # CloudFormation tries it three times
        self._set_status("UPDATE_COMPLETE")
        return True

    def delete(self) -> bool:
        """Delete the stack; False if something has to be repeated."""
        self._set_status("DELETE_IN_PROGRESS")
        for name in reversed([name for name in _RESOURCES if name in self._resources]):
            if not self._delete(name, self._resources[name]):
                self._set_status("DELETE_FAILED")
                return False
            del self._resources[name]
        self._set_status("DELETE_COMPLETE")
        return True

    def full_name(self, kind: str) -> str:
        """Return the full name of the build or the deploy repository."""
        return f"{self.wishes.owner}/{self.wishes.repository(kind)}"

    def _set_status(self, status: str) -> None:
        self.status = self.world.aws.stack_status = status

    def _roll_back_creation(self, attempted: list[str]) -> bool:
        self.before_rollback()
        self._set_status("ROLLBACK_IN_PROGRESS")
        for name in reversed(attempted):
            self._delete(name, self._resources[name])
        self._set_status("ROLLBACK_COMPLETE")
        return False

    def _roll_back_update(self, touched: dict[str, Resource]) -> bool:
        self.before_rollback()
        self._set_status("UPDATE_ROLLBACK_IN_PROGRESS")
        made: dict[str, Resource] = {}
        for name, old in reversed(touched.items()):
            new = self._resources[name]
            event = {
                "PhysicalResourceId": new.physical_id,
                "OldResourceProperties": new.properties,
            }
            answer = self._send("Update", name, old.properties, **event)
            if not answer or answer["Status"] != "SUCCESS":
                self._set_status("UPDATE_ROLLBACK_FAILED")
                return False
            if answer["PhysicalResourceId"] != new.physical_id:
                made[name] = new
            self._resources[name] = replace(old, physical_id=answer["PhysicalResourceId"])
        self._set_status("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        for name, resource in made.items():
            self._delete(name, resource)
        self._set_status("UPDATE_ROLLBACK_COMPLETE")
        return False

    def _create(self, name: str) -> bool:
        properties = self._properties(name)
        answer = self._send("Create", name, properties)
        # Without an answer CloudFormation makes up an id and deletes by it.
        physical_id = answer.get("PhysicalResourceId", f"stack-{name}-1A2B3C")
        self._resources[name] = Resource(physical_id, properties, answer.get("Data", {}))
        return bool(answer.get("Status") == "SUCCESS")

    def _update(self, name: str) -> bool:
        old, properties = self._resources[name], self._properties(name)
        known = {
            "PhysicalResourceId": old.physical_id,
            "OldResourceProperties": old.properties,
        }
        answer = self._send("Update", name, properties, **known)
        physical_id = answer.get("PhysicalResourceId", old.physical_id)
        self._resources[name] = Resource(physical_id, properties, answer.get("Data", {}))
        return bool(answer.get("Status") == "SUCCESS")

    def _delete(self, name: str, resource: Resource) -> bool:
        answer = self._send(
            "Delete", name, resource.properties, PhysicalResourceId=resource.physical_id
        )
        return bool(answer.get("Status") == "SUCCESS")

    def _send(self, kind: str, name: str, properties: dict[str, Any], **more: Any) -> Any:
        event = custom_resource_event(kind, _RESOURCES[name][0], properties, **more)
        answer = self.world.run({**event, "LogicalResourceId": name})
        self.reasons.append(f"{kind} {name}: {answer.get('Status')} {answer.get('Reason')}")
        return answer

    def _properties(self, name: str) -> dict[str, Any]:
        type_, kind = _RESOURCES[name]
        wishes, is_deploy = self.wishes, kind == "deploy"
        if type_ == _REPOSITORY:
            return {
                "Owner": wishes.owner,
                "Name": wishes.repository(kind),
                "Description": f"{kind} {wishes.description}",
                "TokenSecretArn": SECRET_ARN,
                "ProjectId": wishes.project_id,
                "OnDelete": wishes.on_delete,
                "Environments": list(wishes.environments) if is_deploy else [],
                "ReviewedEnvironments": list(wishes.reviewed) if is_deploy else [],
            }
        attributes = self._resources[kind.title()].attributes
        note = {NOTED_FILE: {MARK: attributes.get("ApprovalGateNote")}}
        return {
            "FullName": attributes.get("FullName"),
            "RepositoryId": attributes.get("RepositoryId"),
            "TokenSecretArn": SECRET_ARN,
            "SeedBucket": BUCKET,
            "SeedKey": wishes.seed_key,
            "Configuration": dict(wishes.configuration),
            "Notes": note if is_deploy else {},
        }
