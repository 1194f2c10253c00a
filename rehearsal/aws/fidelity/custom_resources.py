"""Custom resources: answers are checked, and a failed Create is followed by a Delete.

Source: CloudFormation user guide, "Custom resource request and response reference".
"""

from __future__ import annotations

import logging
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import custom_resource

_log = logging.getLogger(__name__)
_RESPONSE_LIMIT_BYTES = 4096

# Physical ids that providers gave with a FAILED answer, by (stack id, logical id).
_failed_ids: dict[tuple[str, str], str] = {}


def apply() -> None:
    """Wrap the invocation and the delivery of the answer."""
    invoke = custom_resource.invoke_custom_resource
    deliver = custom_resource.deliver_response

    def invoke_and_clean_up(
        request_type: str,
        logical_id: str,
        props: dict[str, Any],
        stack_name: str,
        stack_id: str,
        *rest: Any,
        **named: Any,
    ) -> Any:
        target = (logical_id, props, stack_name, stack_id)
        try:
            return invoke(request_type, *target, *rest, **named)
        except (RuntimeError, TimeoutError):
            if request_type == "Create" and not _keeps_failed_resources(stack_name):
                _delete_what_failed(invoke, target, rest[0])
            raise

    def deliver_checked(token: str, response: dict[str, Any]) -> bool:
        return bool(deliver(token, _checked(response)))

    custom_resource.invoke_custom_resource = invoke_and_clean_up
    custom_resource.deliver_response = deliver_checked


def _checked(response: dict[str, Any]) -> dict[str, Any]:
    """The answer itself, or the failure that CloudFormation makes of a wrong one."""
    problem = _problem(response)
    if problem:
        return {"Status": "FAILED", "Reason": problem}
    if response["Status"] == "FAILED":
        key = (response["StackId"], response["LogicalResourceId"])
        _failed_ids[key] = response["PhysicalResourceId"]
    return response


def _problem(response: dict[str, Any]) -> str:
    if len(str(response)) > _RESPONSE_LIMIT_BYTES:
        return "Response object is too long."
    if response.get("Status") not in ("SUCCESS", "FAILED"):
        return "Invalid response: Status must be SUCCESS or FAILED."
    if response["Status"] == "FAILED" and not response.get("Reason"):
        return "Invalid response: a FAILED status needs a Reason."
    names = ("PhysicalResourceId", "StackId", "RequestId", "LogicalResourceId")
    missing = [name for name in names if not response.get(name)]
    return f"Invalid response: {', '.join(missing)} missing." if missing else ""


def _keeps_failed_resources(stack_name: str) -> bool:
    return bool(cloudformation._stacks.get(stack_name, {}).get("DisableRollback"))


def _delete_what_failed(invoke: Any, target: tuple[Any, ...], resource_type: str) -> None:
    logical_id, _props, stack_name, stack_id = target
    made_up = f"{stack_name}-{logical_id}-failed"
    physical_id = _failed_ids.pop((stack_id, logical_id), made_up)
    try:
        invoke("Delete", *target, resource_type, physical_id=physical_id)
    except (RuntimeError, TimeoutError) as error:
        _log.warning("Delete after the failed Create of %s failed too: %s", logical_id, error)
