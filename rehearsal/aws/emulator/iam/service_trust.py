"""Which services a role's trust policy lets act as it."""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam


def service_may_assume(role_arn: str, service: str) -> bool:
    """Whether a role of this account exists, and its trust policy lets a service act as it.

    Args:
        role_arn: the role's ARN.
        service: a service principal such as `cloudformation.amazonaws.com`.
    """
    role = iam._roles.get(role_arn.rsplit("/", 1)[-1])
    if role is None or role["Arn"] != role_arn:
        return False
    document = role["AssumeRolePolicyDocument"]
    document = json.loads(document) if isinstance(document, str) else document
    return _allows_service(document, role_arn, service)


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
