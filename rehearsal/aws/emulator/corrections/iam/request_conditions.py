"""What IAM knows of some requests beyond the action: a namespace, a path, the key of an item.

Source: Service authorization reference, "Actions, resources, and condition keys for Amazon
CloudWatch" (`cloudwatch:namespace`), "… for AWS Application Auto Scaling", "… for Amazon DynamoDB"
(`dynamodb:LeadingKeys`), "… for AWS Systems Manager" (GetParametersByPath is judged on the ARN of
the path), and "… for AWS Key Management Service" (an alias is made for a key).
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions
from ministack.services import dynamodb

from rehearsal.aws.emulator.iam.judged_resources import judge_calls_by_resource

_OF_SCALING = {
    "application-autoscaling:scalable-dimension": "ScalableDimension",
    "application-autoscaling:service-namespace": "ServiceNamespace",
}

# Calls for one item, and where its key is; no policy of ours allows others.
_OF_ONE_ITEM = {
    "dynamodb:DeleteItem": "Key",
    "dynamodb:GetItem": "Key",
    "dynamodb:PutItem": "Item",
    "dynamodb:UpdateItem": "Key",
}


def apply() -> None:
    """Add the condition keys, and the resource of a path."""
    tag_context = iam_actions.request_tag_context

    def request_context(service: str, iam_action: str, body: bytes, params: Any) -> dict[str, Any]:
        context = dict(tag_context(service, iam_action, body, params))
        if iam_action == "cloudwatch:PutMetricData":
            context["cloudwatch:namespace"] = _member(body, params, "Namespace")
        if service == "application-autoscaling":
            for key, member in _OF_SCALING.items():
                context[key] = _member(body, params, member) or None
        if iam_action in _OF_ONE_ITEM:
            context["dynamodb:LeadingKeys"] = _leading_key(body, _OF_ONE_ITEM[iam_action])
        return context

    iam_actions.request_tag_context = request_context
    judge_calls_by_resource("ssm", _path_asked_for)
    judge_calls_by_resource("kms", _key_of_alias)


def _path_asked_for(
    operation: str, request: dict[str, Any], account: str, region: str
) -> str | None:
    if operation != "GetParametersByPath":
        return None
    asked = str(request.get("Path", "")).strip("/")
    return f"arn:aws:ssm:{region}:{account}:parameter/{asked}"


def _leading_key(body: bytes, member: str) -> list[str] | None:
    """The partition key of the item that a request is about; None if it names no item."""
    try:
        request = json.loads(body)
        table = dynamodb._tables[request["TableName"].rsplit("/", 1)[-1]]
        (value,) = request[member][table["pk_name"]].values()
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return [str(value)]


def _key_of_alias(operation: str, request: dict[str, Any], account: str, region: str) -> str | None:
    """The key that gets an alias; AWS asks for the alias besides."""
    key = str(request.get("TargetKeyId", ""))
    if operation not in ("CreateAlias", "UpdateAlias") or not key:
        return None
    return key if key.startswith("arn:") else f"arn:aws:kms:{region}:{account}:key/{key}"


def _member(body: bytes, params: dict[str, list[str]], name: str) -> str:
    """A member of a request in JSON or a form; in another encoding no condition holds."""
    if name in params:
        return str(params[name][0])
    try:
        request = json.loads(body)
    except ValueError:
        return ""
    return str(request.get(name, "")) if isinstance(request, dict) else ""
