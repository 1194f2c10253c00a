"""Which account owns a resource, and where the owner's policy of a resource is found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_region, request_scope
from ministack.services import s3

PolicyOf = Callable[[str], str | dict[str, Any] | None]
"""ARN to the policy of the resource; None when there is none. Called in the owner's account."""

_BUCKET = "arn:aws:s3:::"
_policies: dict[str, PolicyOf] = {}


def tell_policies(service: str, policy_of: PolicyOf) -> None:
    """Let IAM know the policies of a service's resources, where MiniStack knows none.

    Args:
        service: as in an ARN.
        policy_of: is asked for resources of accounts other than the caller's.
    """
    _policies[service] = policy_of


def owner_of(arn: str) -> str:
    """The account of a resource; empty when the ARN names none and no bucket that exists."""
    if arn.startswith(_BUCKET):
        return s3._bucket_owner_account(arn.removeprefix(_BUCKET).partition("/")[0]) or ""
    return iam_evaluator._account_from_arn(arn) or ""


def is_foreign(arn: str, account: str) -> bool:
    """Whether another account owns the resource."""
    return owner_of(arn) not in ("", account)


def told_policy(service: str, arn: str) -> str | dict[str, Any] | None:
    """What `tell_policies` knows about a resource."""
    policy_of = _policies.get(service)
    return policy_of(arn) if policy_of else None


def in_account_of(arn: str) -> AbstractContextManager[None]:
    """Work in the account, and in the region, of a resource inside."""
    region = "" if arn.startswith(_BUCKET) else arn.split(":", 5)[3]
    scope: AbstractContextManager[None] = request_scope(owner_of(arn), region or get_region())
    return scope
