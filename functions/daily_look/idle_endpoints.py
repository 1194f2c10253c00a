"""The daily look at endpoints: which of them cost money although nobody asks them.

1. All endpoints of projects are found; what is young, or costs nothing while nobody asks, is left.
2. CloudWatch tells how often the others were asked.
3. The log names each, which `fleet` reads; one metric counts those that nobody asked, for an alarm.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from daily_look.endpoints import Endpoint, find_endpoints, instance_types
from daily_look.invocations import count_invocations
from invocation.deadline import AWS_CALL_SECONDS, LambdaContext
from invocation.toolbox import Toolbox

METRIC = "IdleEndpoints"
IDLE_AFTER_DAYS = 14
_RESERVE_SECONDS = 5.0 + AWS_CALL_SECONDS

_log = logging.getLogger(__name__)


def look_at_endpoints(_event: Mapping[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    """Look at every endpoint of projects with these tools, and say how many nobody asked.

    Raises:
        InvocationsUnknownError: it is not known how often one was asked; look again later.
        ClientError: AWS refused.
        BotoCoreError: AWS did not answer.
    """
    deadline = tools.deadline(context, reserve_seconds=_RESERVE_SECONDS)
    aws = tools.outlasting(deadline).aws
    sagemaker, cloudwatch = aws("sagemaker"), aws("cloudwatch")
    end = datetime.fromtimestamp(tools.clock(), UTC)
    start = end - timedelta(days=IDLE_AFTER_DAYS)
    found = find_endpoints(aws("resourcegroupstaggingapi"), sagemaker)
    costly = [one for one in found if one.variants and one.created <= start]
    counts = count_invocations(cloudwatch, costly, start, end)
    idle = [one for one in costly if not counts[one.name]]
    for one in costly:
        if counts[one.name]:
            _log.info("%s was asked %.0f times", _about(one), counts[one.name])
    for one in idle:
        kept = _kept(one, instance_types(sagemaker, one.config))
        _log.warning("%s was asked by nobody, and it keeps %s", _about(one), kept)
    cloudwatch.put_metric_data(
        Namespace=tools.environment["METRIC_NAMESPACE"],
        MetricData=[{"MetricName": METRIC, "Value": float(len(idle)), "Unit": "Count"}],
    )
    return f"nobody asked {len(idle)} of {len(costly)} endpoints in {IDLE_AFTER_DAYS} days"


def _about(endpoint: Endpoint) -> str:
    return f"endpoint {endpoint.name} of {endpoint.group} in {IDLE_AFTER_DAYS} days"


def _kept(endpoint: Endpoint, types: Mapping[str, str]) -> str:
    kept = []
    for one in endpoint.variants:
        if one.instances:
            kept.append(f"{one.instances} x {types.get(one.name, 'instance')}")
        if one.provisioned:
            kept.append(f"{one.provisioned} x provisioned-concurrency")
    return ", ".join(kept)
