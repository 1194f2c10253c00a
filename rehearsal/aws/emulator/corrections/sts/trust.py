"""Who may assume a role: service principals are for services, and root may not assume roles.

MiniStack lets the account root through any `Service` principal. On AWS a service principal is the
service itself, and "Roles may not be assumed by root accounts."
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam


class RoleNotAssumableError(Exception):
    """A service may not act as this role; name the service in the role's trust policy."""


def apply() -> None:
    """Take the exception for root out of the principal matcher."""
    matches = iam_evaluator._principal_matches

    def matches_without_services(principal: Any, caller_arn: str) -> bool:
        if isinstance(principal, dict):
            principal = {"AWS": principal.get("AWS", [])}
        return bool(matches(principal, caller_arn))

    iam_evaluator._principal_matches = matches_without_services


def check_service_may_assume(role_arn: str, service: str) -> None:
    """Refuse a role whose trust policy does not let the service act as it.

    Args:
        role_arn: of a role of this account.
        service: a service principal such as `cloudformation.amazonaws.com`.

    Raises:
        RoleNotAssumableError: no such role, or its trust policy does not allow the service.
    """
    role = iam._roles.get(role_arn.rsplit("/", 1)[-1])
    if role is None or role["Arn"] != role_arn:
        raise RoleNotAssumableError(f"Role {role_arn} is invalid or cannot be assumed")
    document = role["AssumeRolePolicyDocument"]
    document = json.loads(document) if isinstance(document, str) else document
    if not _allows_service(document, role_arn, service):
        raise RoleNotAssumableError(f"Role {role_arn} is invalid or cannot be assumed")


def _allows_service(document: dict[str, Any], role_arn: str, service: str) -> bool:
    account = get_account_id()
    context = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=account,
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region=get_region(),
        service_context={"aws:sourceaccount": account},
    )
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    # A trust policy names no resource: the role itself is meant.
    named = {"Statement": [{**statement, "Resource": "*"} for statement in statements]}
    result = iam_evaluator.evaluate_resource_policy(named, context, service=service)
    return bool(result.decision == "Allow")
