"""Tells MiniStack which resource a call is about, and what conditions may ask of it.

MiniStack knows no resources of services that it does not have and would judge each of their
calls on `*`, so that policies which name ARNs would never hold; of its own it misses some.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.emulator.service_requests import json_members

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
    original = iam_actions.extract_resource_arn
    _RESOURCE_ARNS[service] = resource_arn

    def extract_resource_arn(
        called: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        region: str,
        account: str,
    ) -> Any:
        operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if called != service or not operation:
            return original(called, method, path, headers, body, query, region, account)
        try:
            request = json.loads(body or b"{}")
        except ValueError:
            return "*"
        if not isinstance(request, dict):
            return "*"
        arn = resource_arn(operation, request, account, region)
        if arn is None:
            return original(called, method, path, headers, body, query, region, account)
        return arn

    iam_actions.extract_resource_arn = extract_resource_arn


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
    original = iam_actions.request_tag_context

    def request_context(service: str, iam_action: str, body: bytes, params: Params) -> Keys:
        known = original(service, iam_action, body, params)
        return {**known, **request_keys(service, iam_action, body, params)}

    iam_actions.request_tag_context = request_context
