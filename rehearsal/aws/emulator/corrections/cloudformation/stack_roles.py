"""A stack's RoleARN must be passable by the caller and assumable by CloudFormation, and stays.

CloudFormation works as the role that a stack or a change set was given last, and without one as
the caller.
Source: CloudFormation user guide, "AWS CloudFormation service role".
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.services import cloudformation
from ministack.services.cloudformation import changesets
from ministack.services.cloudformation.helpers import _error

from rehearsal.aws.emulator.iam.service_trust import service_may_assume
from rehearsal.aws.emulator.service_requests import Request, Serve, serve_first
from rehearsal.aws.emulator.stack_permissions.acting_principal import ActingPrincipal, acting_as

_CLOUDFORMATION = "cloudformation.amazonaws.com"
_ROLE = "RoleARN"


def apply() -> None:
    """Check requests that come over the wire; calls of our own services are no requests."""
    serve_first(cloudformation, _serve_as_role)


async def _serve_as_role(request: Request, serve: Serve) -> Any:
    asked, key = request.texts, request.access_key_id
    named = asked.get(_ROLE, "")
    problem = _problem(key, named) if named and key else None
    if problem:
        return problem
    role_arn = named or _standing_role(asked)
    with acting_as(ActingPrincipal(role_arn=role_arn, access_key_id=key)):
        answer = await serve(request)
    if role_arn and answer[0] < 300:
        _keep(asked, role_arn)
    return answer


def _standing_role(asked: dict[str, str]) -> str:
    """The role that the change set, or else the stack, was given before."""
    if asked.get("Action") == "ExecuteChangeSet":
        change_set = _change_set(asked)
        if change_set and change_set.get(_ROLE):
            return str(change_set[_ROLE])
    stack = stack_of(asked)
    return str(stack.get(_ROLE, "")) if stack else ""


def _keep(asked: dict[str, str], role_arn: str) -> None:
    kept = _change_set(asked) if asked.get("Action") == "CreateChangeSet" else stack_of(asked)
    if kept is not None:
        kept[_ROLE] = role_arn


def _change_set(asked: dict[str, str]) -> dict[str, Any] | None:
    _id, change_set = changesets._find_change_set(
        asked.get("ChangeSetName", ""), asked.get("StackName", "")
    )
    found: dict[str, Any] | None = change_set
    return found


def stack_of(asked: dict[str, str]) -> dict[str, Any] | None:
    """The stack that a request is about, as it is now; None if there is none or it names none."""
    name = asked.get("StackName", "")
    if name.startswith("arn:"):
        name = name.split("/")[1]
    if not name and asked.get("ChangeSetName", ""):
        change_set = _change_set(asked)
        name = str(change_set["StackName"]) if change_set else ""
    stack: dict[str, Any] | None = cloudformation._stacks.get(name)
    return stack


def _problem(access_key: str, role_arn: str) -> Any | None:
    context = {"iam:PassedToService": _CLOUDFORMATION}
    denied = iam_evaluator.enforce(
        access_key, "iam:PassRole", "iam", get_region(), role_arn, context
    )
    if denied:
        caller = iam_evaluator.caller_arn()
        message = (
            f"User: {caller} is not authorized to perform: iam:PassRole on resource: {role_arn}"
        )
        return _error("AccessDenied", message, 403)
    if not service_may_assume(role_arn, _CLOUDFORMATION):
        return _error("ValidationError", f"Role {role_arn} is invalid or cannot be assumed")
    return None
