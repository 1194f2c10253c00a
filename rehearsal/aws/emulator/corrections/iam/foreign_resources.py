"""Across accounts nothing is allowed unless both sides allow it, and the root user is no exception.

MiniStack knows "no cross-account access": it judges a request for another account's resource by the
caller's own policies alone and lets every root user through. Here the policy of the resource has to
allow it too, and what has no such policy is closed to other accounts. Who assumes a role across
accounts needs its trust policy, which MiniStack asks for.
Source: IAM user guide, "Cross-account policy evaluation logic" ("the requester … must have an
identity-based policy … the resource-based policy must allow the requester").
"""

from __future__ import annotations

import contextvars
from dataclasses import replace
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import tagging

from rehearsal.aws.emulator.context import holding
from rehearsal.aws.emulator.iam import enforcement, resource_owners
from rehearsal.aws.emulator.iam.enforcement import Judge, Question
from rehearsal.aws.emulator.iam.identity_policies import EVERYTHING, not_authorized
from rehearsal.aws.emulator.iam.resource_tags import resource_tags
from rehearsal.aws.emulator.wrapping import wrap

# A name that another account has taken is answered with BucketAlreadyExists.
_CREATE_BUCKET = "s3:CreateBucket"
_RESOURCE_ACCOUNT = ("aws:resourceaccount", "s3:resourceaccount")
_asking_another_account: contextvars.ContextVar[bool] = contextvars.ContextVar(
    "asking_another_account", default=False
)
# Action and resource of the question that only the owner's policy answered with no.
_unshared: contextvars.ContextVar[tuple[str, str]] = contextvars.ContextVar(
    "unshared", default=("", "")
)


def apply() -> None:
    """Ask the owner's policy, bind root, know the owner, and say which policy is missing."""
    wrap(_policy_of_resource, "_resource_policy", iam_evaluator)
    wrap(_combine_and_note, "combine_resource_policy", iam_evaluator)
    enforcement.judge_first(_judge_across)
    wrap(_bind_root, "resolve_principal", iam_evaluator)
    wrap(_resolve_owner, "_resolve_condition_key", iam_evaluator)
    tagging.resource_tags = _tags_of
    wrap(_name_the_missing_policy, "access_denied_response", iam_actions)


def _policy_of_resource(policy_of: Any, service: str, arn: str) -> Any:
    if not _needs_both(service, arn):
        own = resource_owners.told_policy(service, arn)
        return (own, get_account_id()) if own else policy_of(service, arn)
    with resource_owners.in_account_of(arn):
        found = policy_of(service, arn)
        policy = found[0] if found else resource_owners.told_policy(service, arn)
    return policy or "", resource_owners.owner_of(arn)


def _combine_and_note(combine: Any, identity: Any, context: Any, *rest: Any, **named: Any) -> Any:
    if context.action == _CREATE_BUCKET:
        return identity
    answer = combine(identity, context, *rest, **named)
    if identity.decision == "Allow" and answer.decision == "ImplicitDeny":
        _unshared.set((context.action, context.resource_arn))
    return answer


def _needs_both(service: str, arn: str) -> bool:
    return service != "sts" and resource_owners.is_foreign(arn, get_account_id())


def _bind_root(resolve: Any, *arguments: Any, **named: Any) -> Any:
    found = resolve(*arguments, **named)
    is_root = isinstance(found, iam_evaluator.PrincipalInfo) and found.policies is None
    is_bound = is_root and _asking_another_account.get()
    return replace(found, policies=EVERYTHING) if is_bound else found


def _judge_across(question: Question, judge: Judge) -> Any:
    across = _needs_both(question.service, question.resource_arn)
    with holding(_asking_another_account, across):
        return judge(question)


def _resolve_owner(resolve: Any, key: str, context: Any) -> Any:
    """`aws:ResourceAccount` and the tags are those of the account that owns the resource."""
    if key.lower() in _RESOURCE_ACCOUNT:
        return resource_owners.owner_of(context.resource_arn) or context.principal_account
    return resolve(key, context)


def _tags_of(arn: str) -> Any:
    if not resource_owners.is_foreign(arn, get_account_id()):
        return resource_tags(arn)
    with resource_owners.in_account_of(arn):
        return resource_tags(arn)


def _name_the_missing_policy(
    respond: Any, service: str, action: str, principal_arn: str, *rest: Any, **named: Any
) -> Any:
    unshared, arn = _unshared.get()
    is_about_it = action == unshared and not named.get("explicit_deny")
    if is_about_it and not (named.get("message") or named.get("error_code")):
        denied = not_authorized(principal_arn, action, arn)
        reason = f"because no resource-based policy allows the {action} action"
        named["message"] = f"{denied} {reason}"
    return respond(service, action, principal_arn, *rest, **named)
