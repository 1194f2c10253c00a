"""Which steps a DeploymentConfig means, and which are refused; no server is needed."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.aws.sagemaker.endpoints.fleet import VariantPlan
from rehearsal.aws.sagemaker.endpoints.models import ServingContainer
from rehearsal.aws.sagemaker.endpoints.strategy import plan_deployment
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.tests.sagemaker.versions import blue_green, guarded, rolling

_CONTAINER = ServingContainer("image", "role")


def _plan(count: int, name: str = "v", **more: Any) -> VariantPlan:
    return VariantPlan(name, 1.0, _CONTAINER, instance_count=count, **more)


def _steps(config: dict[str, Any] | None, count: int) -> list[tuple[int, int]]:
    strategy = plan_deployment(config, [_plan(count)], [_plan(count)])
    return [(step.instances["v"], step.bake_seconds) for step in strategy.steps]


@pytest.mark.parametrize(
    ("config", "count", "steps"),
    [
        (None, 1, [(1, 0)]),
        (blue_green("ALL_AT_ONCE", termination=60), 3, [(3, 60)]),
        (blue_green("CANARY", 600, 300, CanarySize=30), 3, [(1, 600), (3, 300)]),
        (blue_green("CANARY", 60, CanarySize=50), 2, [(1, 60), (2, 0)]),
        (blue_green("LINEAR", 60, 30, LinearStepSize=25), 4, [(1, 60), (2, 60), (3, 60), (4, 30)]),
        (blue_green("LINEAR", 60, 30, LinearStepSize=40), 5, [(2, 60), (4, 60), (5, 30)]),
        (rolling(50, 60), 4, [(2, 60), (4, 60)]),
        (rolling(5, 60), 3, [(1, 60), (2, 60), (3, 60)]),
    ],
)
def test_steps_are_instances_with_their_baking(
    config: dict[str, Any] | None, count: int, steps: list[tuple[int, int]]
) -> None:
    assert _steps(config, count) == steps


def _in_instances(policy: str, name: str, value: int) -> dict[str, Any]:
    size = {"Type": "INSTANCE_COUNT", "Value": value}
    if policy == "ROLLING":
        return {"RollingUpdatePolicy": {name: size, "WaitIntervalInSeconds": 0}}
    config = blue_green(policy)
    config["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"][name] = size
    return config


@pytest.mark.parametrize(
    ("config", "count", "words"),
    [
        (blue_green("CANARY", CanarySize=50), 1, "would be 100%"),
        (blue_green("CANARY", CanarySize=51), 10, "CanarySize must be at most 50%"),
        (blue_green("CANARY"), 4, "type CANARY needs CanarySize"),
        (blue_green("ALL_AT_ONCE", CanarySize=50), 4, "ALL_AT_ONCE has no CanarySize"),
        (blue_green("LINEAR", LinearStepSize=9), 20, "LinearStepSize must be 10-50%"),
        (blue_green("LINEAR", CanarySize=20, LinearStepSize=20), 20, "LINEAR has no CanarySize"),
        (blue_green("LINEAR", LinearStepSize=50), 1, "would be 100%"),
        (_in_instances("CANARY", "CanarySize", 3), 5, "would be 60%"),
        (_in_instances("LINEAR", "LinearStepSize", 1), 11, "must be 10-50%"),
        (_in_instances("ROLLING", "MaximumBatchSize", 1), 21, "must be 5-50%"),
        (rolling(60), 10, "MaximumBatchSize must be 5-50%"),
        (rolling(50), 1, "would be 100%"),
        ({**rolling(50), **blue_green("ALL_AT_ONCE")}, 4, "give one"),
        (rolling(50, 300, MaximumExecutionTimeoutInSeconds=600), 2, "waiting time"),
    ],
)
def test_sizes_and_contradictions_are_refused(
    config: dict[str, Any], count: int, words: str
) -> None:
    with pytest.raises(RequestRefusedError, match=words):
        _steps(config, count)


def test_time_must_be_longer_than_the_waiting() -> None:
    config = blue_green("CANARY", 600, 600, CanarySize=50)
    policy = config["BlueGreenUpdatePolicy"]
    assert _steps({"BlueGreenUpdatePolicy": {**policy, **_time(1201)}}, 2)
    with pytest.raises(RequestRefusedError, match="which is 1200 seconds"):
        _steps({"BlueGreenUpdatePolicy": {**policy, **_time(1200)}}, 2)


def _time(seconds: int) -> dict[str, int]:
    return {"MaximumExecutionTimeoutInSeconds": seconds}


def test_variants_keep_their_names() -> None:
    old, new = [_plan(2, "old")], [_plan(2, "new")]
    assert plan_deployment(None, old, new).steps
    with pytest.raises(RequestRefusedError, match="same variant names"):
        plan_deployment(blue_green("CANARY", CanarySize=50), old, new)


def test_rolling_takes_one_variant() -> None:
    plans = [_plan(2, "a"), _plan(2, "b")]
    assert plan_deployment(blue_green("CANARY", CanarySize=50), plans, plans).steps
    with pytest.raises(RequestRefusedError, match="several variants"):
        plan_deployment(rolling(50), plans, plans)


@pytest.mark.parametrize(
    "config",
    [
        blue_green("CANARY", CanarySize=50),
        blue_green("LINEAR", LinearStepSize=50),
        rolling(50),
        guarded({}, "alarm"),
    ],
)
def test_serverless_variants_have_no_guardrails(config: dict[str, Any]) -> None:
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
    plans = [_plan(0, serverless=serverless)]
    assert plan_deployment(blue_green("ALL_AT_ONCE"), plans, plans).steps
    with pytest.raises(RequestRefusedError, match="asynchronous and real-time endpoints only"):
        plan_deployment(config, plans, plans)


def test_a_rolling_rollback_goes_in_batches() -> None:
    config = rolling(50, RollbackMaximumBatchSize={"Type": "INSTANCE_COUNT", "Value": 1})
    strategy = plan_deployment(config, [_plan(4)], [_plan(4)])
    assert [way["v"] for way in strategy.rollback] == [3, 2, 1]
    assert plan_deployment(rolling(50), [_plan(4)], [_plan(4)]).rollback == []
