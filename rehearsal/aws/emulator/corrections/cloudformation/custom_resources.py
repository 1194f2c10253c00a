"""Custom resources: asked asynchronously, their answers checked, what failed deleted in its turn.

CloudFormation puts its request into the queue of the function and waits for the answer until the
service timeout. A function that raises, dies or times out is Lambda's affair: it is tried again
twice, as with every asynchronous invocation. A Create that failed is followed by a Delete when the
stack rolls back, with the physical id of the failed answer; so is an Update that failed with
another physical id, which is a replacement that failed.
Source: CloudFormation user guide, "Custom resource request and response reference" and
"AWS::CloudFormation::CustomResource"; Lambda developer guide, "Asynchronous invocation".
"""

from __future__ import annotations

import contextvars
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudformation, lambda_svc
from ministack.services.cloudformation import custom_resource, handlers, stacks

from rehearsal.aws.emulator.context import holding
from rehearsal.aws.emulator.wrapping import wrap

_RESPONSE_LIMIT_BYTES = 4096
_Key = tuple[str, str]


@dataclass(frozen=True)
class _Failure:
    """A resource whose provider may have made something before it failed."""

    kind: str
    physical_id: str
    resource_type: str
    properties: dict[str, Any]

    def record(self, logical_id: str) -> dict[str, Any]:
        """What the stack knows of it."""
        return {
            "PhysicalResourceId": self.physical_id,
            "ResourceType": self.resource_type,
            "ResourceStatus": f"{self.kind.upper()}_FAILED",
            "LogicalResourceId": logical_id,
            "Properties": self.properties,
            "Attributes": {},
            "Timestamp": stacks.now_iso(),
        }


# By (stack id, logical id): physical ids that came with a FAILED answer, reasons that came with
# a SUCCESS, and resources that failed in the operation that is running.
_failed_ids: dict[_Key, str] = {}
_reasons: dict[_Key, str] = {}
_failures: dict[_Key, _Failure] = {}
_asking: contextvars.ContextVar[bool] = contextvars.ContextVar("asking", default=False)


def apply() -> None:
    """Wrap the invocation, the delivery of the answer, the events and the rollback."""
    wrap(_execute_or_queue, "_execute_function_with_config_scope", lambda_svc)
    wrap(_deliver_checked, "deliver_response", custom_resource)
    wrap(_add_event_with_reason, "_add_event", stacks)
    wrap(_invoke_and_remember, "invoke_custom_resource", custom_resource)
    wrap(_roll_back_with_failed, "_roll_back_operation", stacks, handlers)


def _execute_or_queue(execute: Any, function: dict[str, Any], event: Any) -> Any:
    if not _asking.get():
        return execute(function, event)
    _asking.set(False)
    lambda_svc.invoke_async_with_retry(function, event)
    return {}


def _deliver_checked(deliver: Any, token: str, response: dict[str, Any]) -> bool:
    return bool(deliver(token, _checked(response)))


def _checked(response: dict[str, Any]) -> dict[str, Any]:
    """The answer itself, or the failure that CloudFormation makes of it."""
    problem = _problem(response)
    if problem:
        return {"Status": "FAILED", "Reason": problem}
    key = (response["StackId"], response["LogicalResourceId"])
    if response["Status"] == "FAILED":
        _failed_ids[key] = response["PhysicalResourceId"]
        said, request = response["Reason"], response["RequestId"]
        reason = (
            "Received response status [FAILED] from custom resource. "
            f"Message returned: {said} (RequestId: {request})"
        )
        return {**response, "Reason": reason}
    _reasons[key] = response.get("Reason") or ""
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


def _add_event_with_reason(
    add_event: Any,
    stack_id: str,
    stack_name: str,
    logical_id: str,
    resource_type: str,
    status: str,
    reason: str = "",
    *rest: Any,
    **named: Any,
) -> None:
    if status.endswith("_COMPLETE"):
        reason = reason or _reasons.pop((stack_id, logical_id), "")
    add_event(stack_id, stack_name, logical_id, resource_type, status, reason, *rest, **named)


def _invoke_and_remember(
    invoke: Any,
    kind: str,
    logical_id: str,
    props: dict[str, Any],
    stack_name: str,
    stack_id: str,
    resource_type: str,
    physical_id: str | None = None,
    old_props: dict[str, Any] | None = None,
) -> Any:
    key = (stack_id, logical_id)
    _failed_ids.pop(key, None)
    about = (stack_name, stack_id, resource_type)
    try:
        with holding(_asking, True):
            return invoke(kind, logical_id, props, *about, physical_id, old_props)
    except (RuntimeError, TimeoutError) as error:
        made = _failed_ids.pop(key, physical_id or f"{stack_name}-{logical_id}-failed")
        if kind == "Create" or (kind == "Update" and made != physical_id):
            _remember(key, stack_name, _Failure(kind, made, resource_type, props))
        raise _as_cloudformation_says(error) from error


def _remember(key: _Key, stack_name: str, failure: _Failure) -> None:
    _failures[key] = failure
    if failure.kind == "Create":  # a stack that keeps what failed deletes it in the end
        _stack_id, logical_id = key
        resources = cloudformation._stacks[stack_name].setdefault("_resources", {})
        resources[logical_id] = failure.record(logical_id)


def _as_cloudformation_says(error: Exception) -> Exception:
    if not isinstance(error, TimeoutError):
        return error
    return TimeoutError(
        "CloudFormation did not receive a response from your Custom Resource. Please check your "
        f"logs; the function may have failed or timed out. ({error})"
    )


async def _roll_back_with_failed(
    roll_back: Any,
    stack_name: str,
    stack_id: str,
    stack: dict[str, Any],
    operation: dict[str, Any],
    *rest: Any,
    **named: Any,
) -> None:
    logical_id = operation.get("failed_logical_id") or ""
    failure = _failures.pop((stack_id, logical_id), None)
    if failure is not None:
        stack["_resources"][logical_id] = failure.record(logical_id)
        operation["created"] = [*operation["created"], logical_id]
        if failure.kind == "Update":  # the resource before is untouched: nothing to send back
            operation["failed_update"][3:] = [None, None, None]
    await roll_back(stack_name, stack_id, stack, operation, *rest, **named)
