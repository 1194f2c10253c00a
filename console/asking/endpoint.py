"""The endpoint of a stage: what answers, and who gets the requests while a version takes over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from console.asking.account import QUIET_SECONDS, Account
from console.asking.answers import Question
from console.asking.endpoint_config import describe_config, version_in
from console.asking.gaps import PageGaps

_FRESH_SECONDS = 2.0
SETTLED = ("InService", "OutOfService", "Failed")
# The words of the event "SageMaker endpoint deployment state change", developer guide: "Baking for
# 600 seconds (…) with traffic enabled on canary capacity of 1 instance(s)." Weights do not change.
_CAPACITY = re.compile(r"\bcapacity of (\d{1,6}) instance")
_TAKES_TRAFFIC = ("ActivatingTraffic", "Baking")


@dataclass(frozen=True)
class Variant:
    """What answers a part of the requests.

    Args:
        name: of the variant.
        described: instances, or memory and concurrency.
        share: of the requests, 0 to 1; None if SageMaker does not tell.
        status: of its deployment, such as Baking; empty if none is under way.
        message: what SageMaker says of that.
    """

    name: str
    described: str
    share: float | None
    status: str = ""
    message: str = ""


@dataclass(frozen=True)
class Deployment:
    """An endpoint configuration that takes over just now.

    Args:
        version: number of the version in it; empty if it is not known.
    """

    config: str
    started: datetime | None
    variants: Sequence[Variant]
    version: str = ""

    @property
    def share(self) -> float | None:
        """Of the requests, that the new configuration gets; None if SageMaker does not tell."""
        told = [variant.share for variant in self.variants if variant.share is not None]
        return sum(told) / len(told) if told else None


@dataclass(frozen=True)
class Endpoint:
    """An endpoint.

    Args:
        config: name of its configuration.
        reason: why it failed, or was rolled back; empty if it was not.
        policy: how the last version took over; empty at once and without alarms.
        captured_percent: share of requests that is kept; None if none is.
        deployment: what takes over; None if nothing does.
        version: number of the version that it takes over from; empty if it is not known.
    """

    name: str
    status: str
    config: str
    created: datetime
    changed: datetime
    reason: str
    policy: str
    captured_percent: int | None
    variants: Sequence[Variant]
    deployment: Deployment | None
    version: str = ""


def endpoint_question(account: Account, name: str) -> Question:
    """Ask for an endpoint; None if there is none here, or it may not be described."""

    def ask(gaps: PageGaps) -> Endpoint | None:
        sagemaker = account.client("sagemaker")
        told = gaps.ask(
            "Endpoint", "sagemaker", lambda: sagemaker.describe_endpoint(EndpointName=name), None
        )
        if told is None:
            return None
        serving = told.get("EndpointConfigName")
        config = describe_config(account, serving, gaps) if serving else None
        endpoint = endpoint_of(told, config or {})
        deployment = endpoint.deployment
        if deployment is None:
            return endpoint
        following = describe_config(account, deployment.config, gaps)
        return replace(
            endpoint,
            version=version_in(account, config, gaps),
            deployment=replace(deployment, version=version_in(account, following, gaps)),
        )

    return Question("endpoint", name, ask, _FRESH_SECONDS, _at_least)


def title_of(one: Endpoint | Deployment) -> str:
    """What is in a configuration, for people: its version, or its name if that is not known."""
    return f"Version {one.version}" if one.version else one.config


def _at_least(endpoint: Endpoint) -> float:
    is_settled = endpoint.status in SETTLED and endpoint.deployment is None
    return QUIET_SECONDS if is_settled else 0.0


def endpoint_of(told: Mapping[str, Any], config: Mapping[str, Any]) -> Endpoint:
    """Read what SageMaker says.

    Args:
        told: by DescribeEndpoint.
        config: by DescribeEndpointConfig; empty if that could not be read.
    """
    deployment = _deployment(told.get("PendingDeploymentSummary"))
    capture = told.get("DataCaptureConfig") or {}
    return Endpoint(
        name=told["EndpointName"],
        status=told["EndpointStatus"],
        config=told.get("EndpointConfigName", ""),
        created=told["CreationTime"],
        changed=told["LastModifiedTime"],
        reason=told.get("FailureReason", ""),
        policy=_policy(told.get("LastDeploymentConfig") or {}),
        captured_percent=(
            capture.get("CurrentSamplingPercentage") if capture.get("EnableCapture") else None
        ),
        variants=_serving(told.get("ProductionVariants") or (), config),
        deployment=deployment,
    )


def _serving(told: Sequence[Mapping[str, Any]], config: Mapping[str, Any]) -> list[Variant]:
    types = {
        one["VariantName"]: one.get("InstanceType", "")
        for one in config.get("ProductionVariants") or ()
    }
    weights = sum(_weight(one) for one in told)
    return [
        Variant(
            name=one["VariantName"],
            described=_described(one, types.get(one["VariantName"], "")),
            share=_weight(one) / weights if weights else None,
        )
        for one in told
    ]


def _deployment(told: Mapping[str, Any] | None) -> Deployment | None:
    if not told:
        return None
    return Deployment(
        config=told["EndpointConfigName"],
        started=told.get("StartTime"),
        variants=[_pending(one) for one in told.get("ProductionVariants") or ()],
    )


def _pending(told: Mapping[str, Any]) -> Variant:
    state: Mapping[str, Any] = next(iter(told.get("VariantStatus") or ()), {})
    status, message = state.get("Status", ""), state.get("StatusMessage", "")
    return Variant(
        name=told["VariantName"],
        described=_described(told, told.get("InstanceType", "")),
        share=_share(status, message, told.get("DesiredInstanceCount") or 0),
        status=status,
        message=message,
    )


def _share(status: str, message: str, wanted: int) -> float | None:
    """Of the requests, that the new instances get by their state."""
    if status not in _TAKES_TRAFFIC:
        return 0.0 if status == "Creating" else None
    found = _CAPACITY.search(message)
    return min(int(found[1]) / wanted, 1.0) if found and wanted else None


def _weight(told: Mapping[str, Any]) -> float:
    return float(told.get("CurrentWeight") or 0.0)


def _described(told: Mapping[str, Any], type_: str) -> str:
    serverless = told.get("CurrentServerlessConfig") or told.get("DesiredServerlessConfig")
    if serverless:
        return (
            f"serverless, {serverless['MemorySizeInMB']} MiB, at most "
            f"{serverless['MaxConcurrency']} requests at a time"
        )
    now, wanted = told.get("CurrentInstanceCount"), told.get("DesiredInstanceCount")
    if now is None:
        return type_
    count = f"{now}" if wanted in (None, now) else f"{now} of {wanted}"
    return f"{count} x {type_}" if type_ else f"{count} {'instance' if now == 1 else 'instances'}"


def _policy(told: Mapping[str, Any]) -> str:
    if told.get("RollingUpdatePolicy"):
        return "rolling"
    routing = (told.get("BlueGreenUpdatePolicy") or {}).get("TrafficRoutingConfiguration") or {}
    return str(routing.get("Type", "")).lower().replace("_", " ")
