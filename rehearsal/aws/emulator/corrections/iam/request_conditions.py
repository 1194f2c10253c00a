"""What IAM knows of some requests beyond the action: a namespace, an item's key, a context.

Source: Service authorization reference, "Actions, resources, and condition keys for Amazon
CloudWatch" (`cloudwatch:namespace`), "… for AWS Application Auto Scaling", "… for Amazon DynamoDB"
(`dynamodb:LeadingKeys`), "… for AWS Systems Manager" (GetParametersByPath is judged on the ARN of
the path), "… for AWS Key Management Service" (an alias is made for a key; the encryption context;
`kms:GrantIsForAWSResource`, which is true of no request that somebody makes himself), and "… for
Amazon CloudWatch Logs" (what one stream holds is judged on the stream's ARN).
"""

from __future__ import annotations

from typing import Any

from ministack.services import dynamodb

from rehearsal.aws.emulator.iam.judged_resources import (
    Keys,
    Params,
    judge_calls_by_resource,
    tell_request_keys,
)
from rehearsal.aws.emulator.service_requests import json_members
from rehearsal.aws.emulator.stack_permissions.questions import SCALING_KEYS

# Calls for one item, and where its key is; no policy of ours allows others.
_OF_ONE_ITEM = {
    "dynamodb:DeleteItem": "Key",
    "dynamodb:GetItem": "Key",
    "dynamodb:PutItem": "Item",
    "dynamodb:UpdateItem": "Key",
}
_OF_ONE_STREAM = ("DeleteLogStream", "GetLogEvents", "PutLogEvents")


def apply() -> None:
    """Add the condition keys, and the resources of a path, an alias and a stream."""
    tell_request_keys(_keys)
    judge_calls_by_resource("ssm", _path_asked_for)
    judge_calls_by_resource("kms", _key_of_alias)
    judge_calls_by_resource("logs", _stream_asked_for)


def _keys(service: str, iam_action: str, body: bytes, params: Params) -> Keys:
    if iam_action == "cloudwatch:PutMetricData":
        return {"cloudwatch:namespace": _member(body, params, "Namespace")}
    if service == "application-autoscaling":
        return {key: _member(body, params, name) or None for key, name in SCALING_KEYS.items()}
    if service == "kms":
        return _of_key(iam_action, json_members(body))
    if iam_action in _OF_ONE_ITEM:
        return {"dynamodb:LeadingKeys": _leading_key(body, _OF_ONE_ITEM[iam_action])}
    return {}


def _of_key(iam_action: str, request: dict[str, Any]) -> Keys:
    if iam_action == "kms:CreateGrant":
        return {"kms:GrantIsForAWSResource": "false"}
    context = request.get("EncryptionContext") or {}
    return {f"kms:EncryptionContext:{key}": str(value) for key, value in context.items()}


def _path_asked_for(
    operation: str, request: dict[str, Any], account: str, region: str
) -> str | None:
    if operation != "GetParametersByPath":
        return None
    asked = str(request.get("Path", "")).strip("/")
    return f"arn:aws:ssm:{region}:{account}:parameter/{asked}"


def _stream_asked_for(
    operation: str, request: dict[str, Any], account: str, region: str
) -> str | None:
    if operation not in _OF_ONE_STREAM:
        return None
    group, stream = request.get("logGroupName"), request.get("logStreamName")
    return f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}"


def _leading_key(body: bytes, member: str) -> list[str] | None:
    """The partition key of the item that a request is about; None if it names no item."""
    try:
        request = json_members(body)
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


def _member(body: bytes, params: Params, name: str) -> str:
    """A member of a request in JSON or a form; in another encoding no condition holds."""
    return str(params[name][0] if name in params else json_members(body).get(name, ""))
