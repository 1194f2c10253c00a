"""Roles of a stack have the permissions boundary that their template names.

MiniStack keeps the boundary of a role that the IAM API makes, and drops that of a template.
Source: CloudFormation user guide, AWS::IAM::Role, PermissionsBoundary.
"""

from __future__ import annotations

from typing import Any

from ministack.services import iam

from rehearsal.aws.emulator.corrections.cloudformation import resource_handlers

_TYPE = "AWS::IAM::Role"


def apply() -> None:
    """Set the boundary after each creation and update."""
    create = resource_handlers.original(_TYPE, "create")
    update = resource_handlers.original(_TYPE, "update")

    def create_with_boundary(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        _check(props)
        return _bounded(create(logical_id, props, stack_name), props)

    def update_with_boundary(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], *about: Any
    ) -> Any:
        _check(new)
        return _bounded(update(physical_id, old, new, *about), new)

    resource_handlers.replace(_TYPE, create=create_with_boundary, update=update_with_boundary)


def _check(props: dict[str, Any]) -> None:
    arn = props.get("PermissionsBoundary")
    if arn and not iam._policy_exists(arn):
        raise ValueError(f"Scope ARN: {arn} does not exist or is not attachable.")


def _bounded(made: Any, props: dict[str, Any]) -> Any:
    iam._roles[made[0]]["PermissionsBoundary"] = props.get("PermissionsBoundary", "")
    return made
