"""What IAM knows of a request about a role: its ARN with the path, its boundary, a policy's ARN.

MiniStack judges such requests on the ARN without the path, and knows neither `iam:PolicyARN` nor
`iam:PermissionsBoundary`. Source: Service authorization reference, "Actions, resources, and
condition keys for AWS Identity and Access Management (IAM)"; IAM user guide, "Permissions
boundaries for IAM entities" (of a role that is there, its own boundary counts).
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_actions
from ministack.services import iam

from rehearsal.aws.emulator.iam.judged_resources import Keys, Params, tell_request_keys
from rehearsal.aws.emulator.wrapping import wrap

_WITH_POLICY = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
# The boundary that these ask for counts, and not one that is there.
_GIVING_BOUNDARY = ("iam:CreateRole", "iam:PutRolePermissionsBoundary")
_UNDER_BOUNDARY = (
    *_WITH_POLICY,
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:PutRolePolicy",
)


def apply() -> None:
    """Add the condition keys, and the path to the ARN of a role."""
    tell_request_keys(_keys)
    wrap(_with_path, "extract_resource_arn", iam_actions)


def _keys(service: str, iam_action: str, _body: bytes, params: Params) -> Keys:
    if service != "iam":
        return {}
    keys: Keys = {}
    if iam_action in _WITH_POLICY:
        keys["iam:PolicyARN"] = _first(params, "PolicyArn")
    boundary = ""
    if iam_action in _GIVING_BOUNDARY:
        boundary = _first(params, "PermissionsBoundary")
    elif iam_action in _UNDER_BOUNDARY:
        boundary = iam._roles.get(_first(params, "RoleName"), {}).get("PermissionsBoundary") or ""
    return keys | ({"iam:PermissionsBoundary": boundary} if boundary else {})


def _with_path(original: Any, service: str, *call: Any) -> Any:
    arn = original(service, *call)
    if service != "iam" or ":role/" not in str(arn):
        return arn
    name = arn.rpartition("/")[2]
    role = iam._roles.get(name)
    if role:
        return role["Arn"]
    _method, _path, _headers, _body, params, *_ = call
    return arn.replace(":role/", f":role{_first(params or {}, 'Path') or '/'}")


def _first(params: Params, name: str) -> str:
    value = params.get(name, "")
    return str(value[0] if isinstance(value, list) else value)
