"""What IAM knows of some requests beyond the action: the namespace of metrics, the path asked for.

Source: Service authorization reference, "Actions, resources, and condition keys for Amazon
CloudWatch" (`cloudwatch:namespace`) and "… for AWS Systems Manager" (GetParametersByPath is judged
on the ARN of the path).
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions


def apply() -> None:
    """Add the condition key, and the resource of a path."""
    tag_context = iam_actions.request_tag_context
    resource_arn = iam_actions.extract_resource_arn

    def request_context(service: str, iam_action: str, body: bytes, params: Any) -> dict[str, Any]:
        context = dict(tag_context(service, iam_action, body, params))
        if iam_action == "cloudwatch:PutMetricData":
            context["cloudwatch:namespace"] = _namespace(body, params)
        return context

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        region: str,
        account: str,
    ) -> Any:
        if service == "ssm" and headers.get("x-amz-target", "").endswith(".GetParametersByPath"):
            asked = str(json.loads(body or b"{}").get("Path", "")).strip("/")
            return f"arn:aws:ssm:{region}:{account}:parameter/{asked}"
        return resource_arn(service, method, path, headers, body, query, region, account)

    iam_actions.request_tag_context = request_context
    iam_actions.extract_resource_arn = extract_resource_arn


def _namespace(body: bytes, params: dict[str, list[str]]) -> str:
    """The namespace of a request in JSON or a form; in another encoding no condition holds."""
    if "Namespace" in params:
        return str(params["Namespace"][0])
    try:
        request = json.loads(body)
    except ValueError:
        return ""
    return str(request.get("Namespace", "")) if isinstance(request, dict) else ""
