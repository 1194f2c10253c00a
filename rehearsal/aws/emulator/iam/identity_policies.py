"""What a principal may do, for the services that ask.

Its own policies and its boundary decide, and the policy of the resource: in its own account that
may allow or deny by itself, that of a key must allow, and across accounts both must.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from rehearsal.aws.emulator.iam import resource_owners

# What the root user may do in its own account, and may be allowed to do in others.
EVERYTHING = [
    iam_evaluator.parse_policy_document(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    )
]
# The answer when only the policy of another account's resource is missing.
UNSHARED = "Unshared"


def role_session(role_arn: str, session: str) -> iam_evaluator.PrincipalInfo:
    """A service's session of a role, with the role's policies as they are now.

    A role that is gone has no policies.
    """
    account, name = _account_of_role(role_arn), role_arn.rsplit("/", 1)[-1]
    tags = (iam._roles.get_scoped(account, None, name) or {}).get("Tags") or []
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
    policy: Any = None,
) -> str:
    """IAM's answer: `Allow`, `Deny`, or another word where no policy says anything.

    Args:
        principal: one without policies is a root user.
        action: as policies write it.
        resource: its ARN.
        context: condition keys in lower case, beyond those of the principal.
        policy: of a resource that is just being made; that of any other is looked up.
    """
    is_foreign = resource_owners.is_foreign(resource, principal.account)
    if principal.policies is None and not is_foreign:
        return "Allow"
    policies = EVERYTHING if principal.policies is None else principal.policies
    question = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=dict(context or {}),
        principal_keys=principal.keys,
        secure_transport=True,  # services call each other so
    )
    own = iam_evaluator.evaluate(question, policies, *principal.limits)
    given = (policy, principal.account) if policy else None
    found = given or iam_evaluator._resource_policy(action.partition(":")[0], resource)
    if not found:
        return str(own.decision)
    both = iam_evaluator.combine_resource_policy(own, question, *found, limits=principal.limits)
    answer = str(both.decision)
    return UNSHARED if own.decision == "Allow" and answer == "ImplicitDeny" else answer


def resource_tag_keys(tags: Mapping[str, str]) -> dict[str, str]:
    """Condition keys of the tags that a resource has, as `decision` takes them."""
    return {f"aws:resourcetag/{key}".lower(): value for key, value in tags.items()}


def _account_of_role(arn: str) -> str:
    """The account that an ARN names; a mere name is of the present account."""
    return resource_owners.owner_of(arn) or str(get_account_id())


def not_authorized(arn: str, action: str, resource: str) -> str:
    """AWS's sentence for a denied call."""
    return f"User: {arn} is not authorized to perform: {action} on resource: {resource}"
