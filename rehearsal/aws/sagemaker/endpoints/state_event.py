"""The events about an endpoint's state and about the stages of its deployments.

Source: SageMaker developer guide, "Events that Amazon SageMaker AI sends to Amazon EventBridge".
"""

from __future__ import annotations

import re
from typing import Any

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.events import ENDPOINT, ENDPOINT_DEPLOYMENT
from rehearsal.aws.service_kit.operations import Record

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")
_TIMES = ("StartTime", "ResolutionTime")


def publish_state(context: AccountContext, endpoint: Record) -> None:
    """Tell EventBridge the state; it is written as IN_SERVICE and times are in milliseconds."""
    detail = {**_detail(context, endpoint), "FailureReason": endpoint.get("FailureReason")}
    context.events.publish(ENDPOINT, [endpoint["EndpointArn"]], detail)


def publish_deployment(context: AccountContext, endpoint: Record) -> None:
    """Tell EventBridge the stage of a deployment."""
    members = ("ProductionVariants", "PendingDeploymentSummary")
    shown = {member: _in_milliseconds(endpoint.get(member)) for member in members}
    detail = {**_detail(context, endpoint), **shown}
    context.events.publish(ENDPOINT_DEPLOYMENT, [endpoint["EndpointArn"]], detail)


def _detail(context: AccountContext, endpoint: Record) -> Record:
    return {
        "EndpointName": endpoint["EndpointName"],
        "EndpointArn": endpoint["EndpointArn"],
        "EndpointConfigName": endpoint["EndpointConfigName"],
        "EndpointStatus": _WORD_START.sub("_", endpoint["EndpointStatus"]).upper(),
        "CreationTime": int(endpoint["CreationTime"] * 1000),
        "LastModifiedTime": int(endpoint["LastModifiedTime"] * 1000),
        "Tags": dict(context.store.tags.get(endpoint["EndpointArn"], {})),
    }


def _in_milliseconds(value: Any) -> Any:
    """The times of a summary as events write them; members that are None are left out."""
    if isinstance(value, list):
        return [_in_milliseconds(item) for item in value]
    if isinstance(value, dict):
        return {
            name: int(member * 1000) if name in _TIMES else _in_milliseconds(member)
            for name, member in value.items()
            if member is not None
        }
    return value
