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
    resource_handlers.check_first(_TYPE, _check)
    resource_handlers.then_set(_TYPE, _bind)


def _check(props: dict[str, Any]) -> None:
    arn = props.get("PermissionsBoundary")
    if arn and not iam._policy_exists(arn):
        raise ValueError(f"Scope ARN: {arn} does not exist or is not attachable.")


def _bind(name: str, props: dict[str, Any]) -> None:
    iam._roles[name]["PermissionsBoundary"] = props.get("PermissionsBoundary", "")
