"""The event about an endpoint's state."""

from __future__ import annotations

import re

from rehearsal.sagemaker.context import World
from rehearsal.sagemaker.events import ENDPOINT
from rehearsal.sagemaker.resources import Record

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


def publish_state(world: World, endpoint: Record) -> None:
    """Tell EventBridge the state; it is written as IN_SERVICE and times are in milliseconds."""
    detail = {
        "EndpointName": endpoint["EndpointName"],
        "EndpointArn": endpoint["EndpointArn"],
        "EndpointConfigName": endpoint["EndpointConfigName"],
        "EndpointStatus": _WORD_START.sub("_", endpoint["EndpointStatus"]).upper(),
        "FailureReason": endpoint.get("FailureReason"),
        "CreationTime": int(endpoint["CreationTime"] * 1000),
        "LastModifiedTime": int(endpoint["LastModifiedTime"] * 1000),
        "Tags": dict(world.store.tags.get(endpoint["EndpointArn"], {})),
    }
    world.events.publish(ENDPOINT, [endpoint["EndpointArn"]], detail)
