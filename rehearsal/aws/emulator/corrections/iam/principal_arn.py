"""`aws:PrincipalArn` of a role's session is the ARN of the role.

MiniStack gives the ARN of the session, which changes with its name.
Source: IAM user guide, "AWS global condition context keys", `aws:PrincipalArn` (for
an IAM role it is the role's ARN, not that of the session).
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator

from rehearsal.aws.emulator.corrections.sts.sessions import role_of_session


def apply() -> None:
    """Answer with the role where a condition asks for the principal of a session."""
    resolve = iam_evaluator._resolve_condition_key

    def resolve_with_roles(key: str, context: Any) -> Any:
        if key.lower() == "aws:principalarn" and ":assumed-role/" in context.principal_arn:
            role = role_of_session(context.principal_arn)
            return role and role["Arn"]
        return resolve(key, context)

    iam_evaluator._resolve_condition_key = resolve_with_roles
