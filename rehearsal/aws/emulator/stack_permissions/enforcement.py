"""Asks IAM before CloudFormation touches a resource, with the permissions of whom it acts as.

A refusal fails the resource as it does on AWS, with the principal, the action and the resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack import app as gateway
from ministack.core import iam_evaluator
from ministack.services.cloudformation import changesets, provisioners, stacks

from rehearsal.aws.emulator.iam.identity_policies import UNSHARED, decision, not_authorized
from rehearsal.aws.emulator.stack_permissions import acting_principal
from rehearsal.aws.emulator.stack_permissions.questions import Question, questions_about
from rehearsal.aws.emulator.stack_permissions.stack_resources import StackResource
from rehearsal.aws.emulator.wrapping import wrap

Properties = dict[str, Any]

# CloudFormation calls with a forward access session, whether a stack has a role or not.
# Source: CloudFormation user guide, "FAS requests and permission evaluation"; IAM user guide,
# "FAS requests and IAM policy conditions".
FORWARDED = {"aws:calledvia": ["cloudformation.amazonaws.com"], "aws:viaawsservice": "true"}


class StackAccessDeniedError(Exception):
    """Whom CloudFormation acts as lacks a permission; add the statement that the message names."""


def apply() -> None:
    """Ask wherever MiniStack makes, adopts, changes or deletes a resource, nested stacks too."""
    wrap(_provision_if_allowed, "_provision_resource", provisioners, stacks)
    wrap(_import_if_allowed, "_import_resource", provisioners, stacks, changesets)
    wrap(_update_if_allowed, "_update_resource", stacks)
    wrap(_delete_if_allowed, "_delete_resource", provisioners, stacks)


def _provision_if_allowed(
    provision: Any, cfn_type: str, logical_id: str, properties: Properties, stack_name: str
) -> Any:
    resource = StackResource(cfn_type, properties, "", stack_name, logical_id)
    _ask("create", resource, {}, properties)
    return provision(cfn_type, logical_id, properties, stack_name)


def _import_if_allowed(adopt: Any, cfn_type: str, identifier: Properties) -> Any:
    physical_id = str(list(identifier.values())[-1])
    _ask("import", StackResource(cfn_type, identifier, physical_id, "", ""), {}, identifier)
    return adopt(cfn_type, identifier)


def _update_if_allowed(
    update: Any,
    cfn_type: str,
    physical_id: str,
    old: Properties,
    new: Properties,
    stack_name: str,
    logical_id: str | None = None,
    *rest: Any,
) -> Any:
    # A replacement is a creation and a deletion, which ask for themselves.
    if old != new and not provisioners._replacing_change(cfn_type, old, new):
        resource = StackResource(cfn_type, new, physical_id, stack_name, logical_id or "")
        _ask("update", resource, old, new)
    return update(cfn_type, physical_id, old, new, stack_name, logical_id, *rest)


def _delete_if_allowed(
    delete: Any,
    cfn_type: str,
    physical_id: str,
    properties: Properties,
    stack_name: str | None = None,
    logical_id: str | None = None,
) -> Any:
    about = (cfn_type, properties, physical_id, stack_name or "", logical_id or "")
    _ask("delete", StackResource(*about), properties, {})
    return delete(cfn_type, physical_id, properties, stack_name, logical_id)


def _ask(
    operation: str, resource: StackResource, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    principal = acting_principal.current() if gateway.AUTH else None
    if principal is None:
        return
    for question in questions_about(operation, resource, old, new):
        _check(principal, question)


def _check(principal: iam_evaluator.PrincipalInfo, question: Question) -> None:
    answer = decision(
        principal,
        question.action,
        question.resource,
        {**question.context, **FORWARDED},
        question.policy,
    )
    if answer == "Allow":
        return
    kind = "resource" if answer == UNSHARED else "identity"
    reason = (
        "with an explicit deny"
        if answer == "Deny"
        else f"because no {kind}-based policy allows the {question.action} action"
    )
    denied = not_authorized(principal.arn, question.action, question.resource)
    raise StackAccessDeniedError(f"{denied} {reason}")
