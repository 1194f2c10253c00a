"""What a template takes from Parameter Store is read with the permissions of whom it acts as.

Source: CloudFormation user guide, "Specify existing resources at runtime with CloudFormation-
supplied parameter types" (SSM parameter types need `ssm:GetParameters`).
"""

from __future__ import annotations

from typing import Any

from ministack import app as gateway
from ministack.core.responses import get_account_id, get_region
from ministack.services import ssm

from rehearsal.aws.emulator.iam.identity_policies import decision, not_authorized
from rehearsal.aws.emulator.stack_permissions import acting_principal
from rehearsal.aws.emulator.stack_permissions.enforcement import FORWARDED
from rehearsal.aws.emulator.wrapping import wrap

_READ = "ssm:GetParameters"


def apply() -> None:
    """Ask before a value is read; MiniStack refuses the stack with what a ValueError says."""
    wrap(_resolve_if_allowed, "resolve_parameter_value", ssm)


def _resolve_if_allowed(resolve: Any, name: str, *version: Any, **how: Any) -> Any:
    principal = acting_principal.current() if gateway.AUTH else None
    arn = f"arn:aws:ssm:{get_region()}:{get_account_id()}:parameter/{name.lstrip('/')}"
    if principal is not None and decision(principal, _READ, arn, FORWARDED) != "Allow":
        raise ValueError(not_authorized(principal.arn, _READ, arn))
    return resolve(name, *version, **how)
