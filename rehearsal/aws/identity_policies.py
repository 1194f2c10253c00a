"""What a principal may do by its own policies and its boundary, for the services that ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam


def role_session(role_arn: str, session: str) -> iam_evaluator.PrincipalInfo:
    """A service's session of a role, with the role's policies as they are now.

    A role that is gone has no policies.
    """
    account, name = get_account_id(), role_arn.rsplit("/", 1)[-1]
    tags = (iam._roles.get(name) or {}).get("Tags") or []
    return iam_evaluator.PrincipalInfo(
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        type="AssumedRole",
        account=account,
        policies=iam_evaluator._gather_role_policies(name, account),
        keys={f"aws:principaltag/{tag['Key'].lower()}": tag["Value"] for tag in tags},
        limits=iam_evaluator._permissions_boundary(iam._roles, name, account),
    )


def decision(
    principal: iam_evaluator.PrincipalInfo,
    action: str,
    resource: str,
    context: Mapping[str, Any] | None = None,
) -> str:
    """IAM's answer: `Allow`, `Deny`, or another word where no policy says anything.

    Args:
        principal: one that has policies.
        action: as policies write it.
        resource: its ARN.
        context: condition keys in lower case, beyond those of the principal.
    """
    question = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=dict(context or {}),
        principal_keys=principal.keys,
    )
    return str(iam_evaluator.evaluate(question, principal.policies, *principal.limits).decision)


def not_authorized(arn: str, action: str, resource: str) -> str:
    """AWS's sentence for a denied call."""
    return f"User: {arn} is not authorized to perform: {action} on resource: {resource}"
