"""`aws:PrincipalArn` of a role's session is the ARN of the role.

MiniStack gives the ARN of the session, which changes with its name.
Source: IAM user guide, "AWS global condition context keys", `aws:PrincipalArn` (for
an IAM role it is the role's ARN, not that of the session).
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator

from rehearsal.aws.emulator.corrections.sts.sessions import role_of_session
from rehearsal.aws.emulator.wrapping import wrap


def apply() -> None:
    """Answer with the role where a condition asks for the principal of a session."""
    wrap(_resolve_with_roles, "_resolve_condition_key", iam_evaluator)


def _resolve_with_roles(resolve: Any, key: str, context: Any) -> Any:
    if key.lower() == "aws:principalarn" and ":assumed-role/" in context.principal_arn:
        role = role_of_session(context.principal_arn)
        return role and role["Arn"]
    return resolve(key, context)
