"""Lambda writes into a log group that is there, and makes one only with the role's permission.

A function that answers CloudFormation and ends its log a moment later would otherwise bring back
the log group that its stack has just deleted.
Source: Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs" (the execution
role needs logs:CreateLogGroup, logs:CreateLogStream and logs:PutLogEvents).
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs, lambda_svc

from rehearsal.aws.emulator.iam.identity_policies import decision, role_session
from rehearsal.aws.emulator.wrapping import wrap


def apply() -> None:
    """Ask the role before a group is made."""
    wrap(_emit_if_allowed, "_emit_lambda_logs", lambda_svc)


def _emit_if_allowed(emit: Any, function: dict[str, Any], *rest: Any, **named: Any) -> None:
    config = function.get("config") or function
    name = config["FunctionName"]
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    if group in cloudwatch_logs._log_groups or _may_make(config["Role"], name, group):
        emit(function, *rest, **named)


def _may_make(role_arn: str, name: str, group: str) -> bool:
    resource = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}"
    session = role_session(role_arn, name)
    return decision(session, "logs:CreateLogGroup", resource) == "Allow"
