"""A stack's RoleARN must be passable by the caller and assumable by CloudFormation.

Source: CloudFormation user guide, "AWS CloudFormation service role".
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id
from ministack.services import cloudformation
from ministack.services.cloudformation.helpers import _error

from rehearsal.aws.fidelity import trust

_CLOUDFORMATION = "cloudformation.amazonaws.com"


def apply() -> None:
    """Check requests that come over the wire; calls of our own services are no requests."""
    handle = cloudformation.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> Any:
        form = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
        role_arn = form.get("RoleARN", [""])[0]
        key = extract_access_key_id(headers, query)
        problem = _problem(key, role_arn) if role_arn and key else None
        return problem or await handle(method, path, headers, body, query)

    cloudformation.handle_request = handle_request


def _problem(access_key: str, role_arn: str) -> Any | None:
    context = {"iam:PassedToService": _CLOUDFORMATION}
    denied = iam_evaluator.enforce(
        access_key, "iam:PassRole", "iam", get_region(), role_arn, context
    )
    if denied:
        caller = iam_evaluator.caller_arn()
        message = (
            f"User: {caller} is not authorized to perform: iam:PassRole on resource: {role_arn}"
        )
        return _error("AccessDenied", message, 403)
    try:
        trust.check_service_may_assume(role_arn, _CLOUDFORMATION)
    except trust.RoleNotAssumableError as error:
        return _error("ValidationError", str(error))
    return None
