"""Tells MiniStack which resource a call is about, and what conditions may ask of it.

MiniStack knows no resources of services that it does not have and would judge each of their
calls on `*`, so that policies which name ARNs would never hold; of its own it misses some.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.emulator.service_requests import json_members
from rehearsal.aws.emulator.wrapping import wrap

ResourceArn = Callable[[str, dict[str, Any], str, str], str | None]
"""Operation, request, account and region to the ARN that the call is judged on; None: as before."""

_RESOURCE_ARNS: dict[str, ResourceArn] = {}

Params = dict[str, list[str]]
Keys = dict[str, Any]
ConditionKeys = Callable[[str, dict[str, Any]], Keys]
"""Operation and request, which may be invalid, to the service's condition keys and their values."""


def judge_calls_by_resource(service: str, resource_arn: ResourceArn) -> None:
    """Judge the JSON calls of a service by the ARNs that they are about.

    Calls without an `X-Amz-Target`, and those of other services, are judged as before.
    """
    _RESOURCE_ARNS[service] = resource_arn

    def extract_resource_arn(original: Any, called: str, *call: Any) -> Any:
        _method, _path, headers, body, _query, region, account = call
        operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if called == service and operation:
            arn = resource_arn(operation, json_members(body), account, region)
            if arn is not None:
                return arn
        return original(called, *call)

    wrap(extract_resource_arn, "extract_resource_arn", iam_actions)


def resource_of_call(service: str, operation: str, request: dict[str, Any]) -> str:
    """The ARN that a call of the present account and region would be judged on."""
    known = _RESOURCE_ARNS.get(service)
    arn = known(operation, request, get_account_id(), get_region()) if known else None
    return arn or "*"


def tell_condition_keys(service: str, condition_keys: ConditionKeys) -> None:
    """Let conditions know what the JSON calls of a service ask for."""

    def keys_of_service(called: str, iam_action: str, body: bytes, _params: Params) -> Keys:
        if called != service:
            return {}
        return condition_keys(iam_action.partition(":")[2], json_members(body))

    tell_request_keys(keys_of_service)


def tell_request_keys(request_keys: Callable[[str, str, bytes, Params], Keys]) -> None:
    """Let conditions know more of requests, by service, action, body and parameters."""

    def request_context(
        original: Any, service: str, iam_action: str, body: bytes, params: Params
    ) -> Keys:
        known = original(service, iam_action, body, params)
        return {**known, **request_keys(service, iam_action, body, params)}

    wrap(request_context, "request_tag_context", iam_actions)
