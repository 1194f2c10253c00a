"""What IAM lets the callers of our services do, and the roles that our services work as.

The policies are MiniStack's own; all is asked for the present account and region.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import tagging

from rehearsal.aws.emulator.iam.identity_policies import (
    decision,
    not_authorized,
    resource_tag_keys,
    role_session,
)


def denial(
    access_key_id: str, action: str, resource: str, context: Mapping[str, Any] | None = None
) -> str:
    """AWS's sentence if the policies behind a key do not allow an action; else empty.

    Args:
        access_key_id: of the caller.
        action: as policies write it.
        resource: its ARN.
        context: condition keys of the request; those of the resource's tags come by themselves.
    """
    principal = iam_evaluator.resolve_principal(access_key_id, get_account_id())
    if isinstance(principal, iam_evaluator.AuthError):
        return str(principal.message)
    return _denial(principal, action, resource, context or {})


def role_denial(
    role_arn: str,
    session: str,
    action: str,
    resource: str,
    context: Mapping[str, Any] | None = None,
) -> str:
    """AWS's sentence if a service's session of a role may not do something; else empty."""
    return _denial(role_session(role_arn, session), action, resource, context or {})


def _denial(
    principal: iam_evaluator.PrincipalInfo, action: str, resource: str, context: Mapping[str, Any]
) -> str:
    keys: dict[str, Any] = {**resource_tag_keys(tagging.resource_tags(resource) or {})}
    keys |= {key.lower(): value for key, value in context.items()}
    if decision(principal, action, resource, keys) == "Allow":
        return ""
    return not_authorized(principal.arn, action, resource)
