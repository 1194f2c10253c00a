"""Deployment guardrails: the steps that a DeploymentConfig asks for, and what is refused of it.

Sources: API reference of CapacitySize, TrafficRoutingConfig, BlueGreenUpdatePolicy and
RollingUpdatePolicy; SageMaker developer guide, "Deployment guardrails" and its "Exclusions".
rehearsal/docs/decisions/sagemaker-deployment-guardrails.md tells documented rules from judgement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehearsal.aws.sagemaker.endpoints.fleet import VariantPlan
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.service_kit.operations import Record

LONGEST_SECONDS = 28800
_ALL_AT_ONCE, _CANARY, _LINEAR = "ALL_AT_ONCE", "CANARY", "LINEAR"
_WAIT, _TERMINATION_WAIT = "WaitIntervalInSeconds", "TerminationWaitInSeconds"
# Percent of a variant's instances that a size may be.
_BOUNDS = {
    "CanarySize": (0, 50),
    "LinearStepSize": (10, 50),
    "MaximumBatchSize": (5, 50),
    "RollbackMaximumBatchSize": (0, 100),
}
_SIZE_OF = {_ALL_AT_ONCE: "", _CANARY: "CanarySize", _LINEAR: "LinearStepSize"}


@dataclass(frozen=True)
class Step:
    """Traffic on so many new instances, watched for a while.

    Args:
        instances: of the new fleet that take requests, by variant.
        bake_seconds: as documented, before any compression of time.
        setting: which member of the configuration the time comes from.
        capacity: how AWS's messages call it: canary, partial or full.
    """

    instances: Mapping[str, int]
    bake_seconds: int
    setting: str
    capacity: str


@dataclass(frozen=True)
class Strategy:
    """How a new fleet takes over.

    Args:
        rollback: instances of the new fleet that still take requests, step by step on the way back.
        alarms: names of those that end the deployment.
        timeout_seconds: for starting and waiting together.
    """

    steps: Sequence[Step]
    rollback: Sequence[Mapping[str, int]]
    alarms: Sequence[str]
    timeout_seconds: int


def plan_deployment(
    config: Record | None, old: Sequence[VariantPlan], new: Sequence[VariantPlan]
) -> Strategy:
    """The steps from one fleet to another.

    Raises:
        RequestRefusedError: the configuration contradicts itself or the variants.
    """
    config = config or {}
    rolling, blue_green = config.get("RollingUpdatePolicy"), config.get("BlueGreenUpdatePolicy")
    alarms = alarm_names(config)
    if rolling and blue_green:
        raise RequestRefusedError(
            "DeploymentConfig names a BlueGreenUpdatePolicy and a RollingUpdatePolicy; give one."
        )
    if config:
        _check_variants(config, old, new)
    if rolling:
        return _rolling(rolling, new, alarms)
    return _blue_green(blue_green or {}, new, alarms)


def alarm_names(config: Record | None) -> list[str]:
    """The alarms of a DeploymentConfig."""
    alarms = ((config or {}).get("AutoRollbackConfiguration") or {}).get("Alarms") or []
    return [alarm["AlarmName"] for alarm in alarms]


def _check_variants(config: Record, old: Sequence[VariantPlan], new: Sequence[VariantPlan]) -> None:
    names = sorted({plan.name for plan in new})
    if sorted({plan.name for plan in old}) != names:
        raise RequestRefusedError(
            "A deployment with a DeploymentConfig needs the same variant names in the old and the "
            f"new endpoint configuration; the new one has {', '.join(names)}."
        )
    routing = (config.get("BlueGreenUpdatePolicy") or {}).get("TrafficRoutingConfiguration") or {}
    at_once = routing.get("Type", _ALL_AT_ONCE) == _ALL_AT_ONCE
    guarded = config.get("RollingUpdatePolicy") or alarm_names(config) or not at_once
    if guarded and any(plan.serverless for plan in (*old, *new)):
        raise RequestRefusedError(
            "Deployment guardrails apply to asynchronous and real-time endpoints only; for a "
            "serverless variant leave DeploymentConfig out."
        )


def _blue_green(policy: Record, new: Sequence[VariantPlan], alarms: Sequence[str]) -> Strategy:
    routing = policy.get("TrafficRoutingConfiguration") or {"Type": _ALL_AT_ONCE}
    kind = routing["Type"]
    wanted = _SIZE_OF[kind]
    for name in filter(None, _SIZE_OF.values()):
        if bool(routing.get(name)) != (name == wanted):
            verb = "needs" if name == wanted else "has no"
            raise RequestRefusedError(f"Traffic routing of type {kind} {verb} {name}.")
    full = {plan.name: plan.instance_count for plan in new}
    partial: list[Step] = []
    wait = routing.get(_WAIT, 0)
    if kind == _CANARY:
        sizes = _sizes(wanted, routing[wanted], new)
        partial = [Step(sizes, wait, _WAIT, "canary")]
    elif kind == _LINEAR:
        ways = _progress(_sizes(wanted, routing[wanted], new), full)[:-1]
        partial = [Step(way, wait, _WAIT, "partial") for way in ways]
    last = Step(full, policy.get(_TERMINATION_WAIT, 0), _TERMINATION_WAIT, "full")
    return _in_time([*partial, last], [], alarms, policy)


def _rolling(policy: Record, new: Sequence[VariantPlan], alarms: Sequence[str]) -> Strategy:
    if len(new) != 1:
        raise RequestRefusedError("A rolling deployment does not support several variants.")
    full = {plan.name: plan.instance_count for plan in new}
    name = "MaximumBatchSize"
    ways = _progress(_sizes(name, policy[name], new), full)
    steps = [Step(way, policy[_WAIT], _WAIT, "full" if way == full else "partial") for way in ways]
    back: list[Mapping[str, int]] = []
    name = "RollbackMaximumBatchSize"
    if policy.get(name):
        sizes = _sizes(name, policy[name], new)
        back = [
            {variant: full[variant] - count for variant, count in way.items()}
            for way in _progress(sizes, full)[:-1]
        ]
    return _in_time(steps, back, alarms, policy)


def _in_time(
    steps: Sequence[Step],
    rollback: Sequence[Mapping[str, int]],
    alarms: Sequence[str],
    policy: Record,
) -> Strategy:
    timeout = policy.get("MaximumExecutionTimeoutInSeconds", LONGEST_SECONDS)
    waiting = sum(step.bake_seconds for step in steps)
    if waiting >= timeout:
        raise RequestRefusedError(
            f"MaximumExecutionTimeoutInSeconds is {timeout}; it must be larger than the total "
            f"waiting time of the deployment, which is {waiting} seconds."
        )
    return Strategy(steps, rollback, alarms, timeout)


def _sizes(name: str, size: Record, new: Sequence[VariantPlan]) -> dict[str, int]:
    """How many instances of each variant a size is; a percentage is at least one instance."""
    low, high = _BOUNDS[name]
    sizes = {}
    for plan in new:
        total, value = plan.instance_count, size["Value"]
        is_percent = size["Type"] == "CAPACITY_PERCENT"
        count = max(1, total * value // 100) if is_percent else value
        percents = [100 * count / total, *([value] if is_percent else [])]
        too_small = percents[-1] < low
        if too_small or max(percents) > high:
            raise RequestRefusedError(
                f"{name} must be {f'{low}-' if low else 'at most '}{high}% of the variant's total "
                f"instance count; {count} of the {total} instance(s) of variant {plan.name} "
                f"would be {percents[-1] if too_small else max(percents):g}%."
            )
        sizes[plan.name] = count
    return sizes


def _progress(sizes: Mapping[str, int], full: Mapping[str, int]) -> list[dict[str, int]]:
    """Instances that have traffic after each step of a size, until all have."""
    steps = max(math.ceil(full[name] / size) for name, size in sizes.items())
    return [
        {name: min(full[name], size * number) for name, size in sizes.items()}
        for number in range(1, steps + 1)
    ]
