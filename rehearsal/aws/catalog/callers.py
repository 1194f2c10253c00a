"""Who calls Service Catalog, and what IAM lets a caller or a role do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

from rehearsal.aws.emulator.corrections.sts import trust
from rehearsal.aws.emulator.iam.identity_policies import decision, not_authorized, role_session

SERVICE_PRINCIPAL = "servicecatalog.amazonaws.com"


@dataclass(frozen=True)
class Caller:
    """The principal behind a request.

    Attributes:
        arn: of the user, the role session or the root.
        access_key_id: of the request; empty for who called earlier.
    """

    arn: str
    access_key_id: str = ""

    @property
    def identity_arn(self) -> str:
        """ARN of the user or role, as portfolios name principals; paths of roles are left out."""
        if ":assumed-role/" not in self.arn:
            return self.arn
        account, role = self.arn.split(":")[4], self.arn.split("/")[1]
        return f"arn:aws:iam::{account}:role/{role}"


def caller_of(access_key_id: str) -> Caller:
    """The caller that an access key belongs to."""
    principal = iam_evaluator.resolve_principal(access_key_id, get_account_id())
    return Caller(str(getattr(principal, "arn", "")), access_key_id)


def denial(
    access_key_id: str, action: str, resource: str, context: Mapping[str, Any] | None = None
) -> str:
    """Why IAM does not let a caller do something; empty when it does.

    Args:
        access_key_id: of the caller.
        action: as policies write it.
        resource: its ARN.
        context: condition keys of the request.
    """
    principal = iam_evaluator.resolve_principal(access_key_id, get_account_id())
    if isinstance(principal, iam_evaluator.AuthError):
        return str(principal.message)
    if principal.policies is None:
        return ""
    keys = {key.lower(): value for key, value in (context or {}).items()}
    if decision(principal, action, resource, keys) == "Allow":
        return ""
    return not_authorized(principal.arn, action, resource)


def access_levels(caller: Caller, launched_by: str) -> dict[str, str]:
    """Condition keys of what a caller does to a launched product.

    Source: Service Catalog administrator guide, "Example access policies for provisioned product
    management" (a user's own, those of the user's role, those of the account).
    """
    own = {"servicecatalog:accountLevel": "self"}
    if Caller(launched_by).identity_arn == caller.identity_arn:
        own["servicecatalog:roleLevel"] = "self"
    if launched_by == caller.arn:
        own["servicecatalog:userLevel"] = "self"
    return own


def is_principal(caller: Caller, arn: str, kind: str) -> bool:
    """Whether a portfolio's principal means this caller."""
    without_path = f"{arn.split('/', 1)[0]}/{arn.rsplit('/', 1)[-1]}"
    if kind == "IAM_PATTERN":
        account = caller.arn.split(":")[4]
        pattern = without_path.replace("arn:aws:iam:::", f"arn:aws:iam::{account}:")
        return fnmatchcase(caller.identity_arn, pattern)
    return caller.identity_arn == without_path


def role_problem(role_arn: str, action: str, resource: str) -> str:
    """Why Service Catalog cannot do something with a launch role; empty when it can."""
    try:
        trust.check_service_may_assume(role_arn, SERVICE_PRINCIPAL)
    except trust.RoleNotAssumableError:
        return (
            f"{SERVICE_PRINCIPAL} is not authorized to perform: sts:AssumeRole on resource: "
            f"{role_arn} (AccessDenied)"
        )
    session = role_session(role_arn, "servicecatalog")
    if decision(session, action, resource) == "Allow":
        return ""
    return not_authorized(session.arn, action, resource)
