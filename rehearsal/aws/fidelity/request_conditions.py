"""What IAM knows of some requests beyond the action: the namespace of metrics, the path asked for.

Source: Service authorization reference, "Actions, resources, and condition keys for Amazon
CloudWatch" (`cloudwatch:namespace`) and "… for AWS Systems Manager" (GetParametersByPath is judged
on the ARN of the path).
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions

from rehearsal.aws.judged_resources import judge_calls_by_resource


def apply() -> None:
    """Add the condition key, and the resource of a path."""
    tag_context = iam_actions.request_tag_context

    def request_context(service: str, iam_action: str, body: bytes, params: Any) -> dict[str, Any]:
        context = dict(tag_context(service, iam_action, body, params))
        if iam_action == "cloudwatch:PutMetricData":
            context["cloudwatch:namespace"] = _namespace(body, params)
        return context

    iam_actions.request_tag_context = request_context
    judge_calls_by_resource("ssm", _path_asked_for)


def _path_asked_for(
    operation: str, request: dict[str, Any], account: str, region: str
) -> str | None:
    if operation != "GetParametersByPath":
        return None
    asked = str(request.get("Path", "")).strip("/")
    return f"arn:aws:ssm:{region}:{account}:parameter/{asked}"


def _namespace(body: bytes, params: dict[str, list[str]]) -> str:
    """The namespace of a request in JSON or a form; in another encoding no condition holds."""
    if "Namespace" in params:
        return str(params["Namespace"][0])
    try:
        request = json.loads(body)
    except ValueError:
        return ""
    return str(request.get("Namespace", "")) if isinstance(request, dict) else ""
