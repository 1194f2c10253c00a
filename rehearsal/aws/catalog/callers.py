"""Who calls Service Catalog, and what it can do with a launch role."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

from rehearsal.aws.catalog.stacks import arn_pattern
from rehearsal.aws.emulator.iam.service_trust import service_may_assume
from rehearsal.aws.service_kit.permissions import role_denial

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
    if not service_may_assume(role_arn, SERVICE_PRINCIPAL):
        return (
            f"{SERVICE_PRINCIPAL} is not authorized to perform: sts:AssumeRole on resource: "
            f"{role_arn} (AccessDenied)"
        )
    return role_denial(role_arn, "servicecatalog", action, resource)


def launch_role_problem(role_arn: str, action: str, stack: str) -> str:
    """Why Service Catalog cannot do something to a stack with a launch role; empty when it can.

    Source: Service Catalog administrator guide, "Step 6: Add a launch constraint to assign an IAM
    role", of what a launch role needs for any operation.
    """
    arn = arn_pattern(stack)
    of_stack = (action, "DescribeStackEvents", "DescribeStacks", "SetStackPolicy")
    questions = [
        *((name, arn) for name in of_stack),
        *((name, "*") for name in ("GetTemplateSummary", "ValidateTemplate")),
    ]
    problems = (role_problem(role_arn, f"cloudformation:{name}", on) for name, on in questions)
    return next(filter(None, problems), "")
