"""What follows from a policy and from an instance type."""

import pytest

from deploy_endpoint.settings.serving_settings import AllAtOnce, Canary, Linear, Realtime, Rolling


@pytest.mark.parametrize(
    ("deployment", "instances", "steps"),
    [
        (AllAtOnce(policy="all_at_once"), 2, 0),
        (Canary(policy="canary"), 9, 2),
        (Linear(policy="linear", step_percent=30), 9, 4),
        (Linear(policy="linear", step_percent=10), 3, 3),
        (Rolling(policy="rolling", batch_percent=5), 100, 20),
        (Rolling(policy="rolling", batch_percent=50), 100, 2),
    ],
)
def test_a_policy_bakes_after_each_step(
    deployment: AllAtOnce | Canary | Linear | Rolling, instances: int, steps: int
) -> None:
    assert deployment.steps(instances) == steps


@pytest.mark.parametrize(
    ("instance_type", "local"),
    [
        ("ml.t2.medium", False),
        ("ml.m5.large", False),
        ("ml.c6g.large", False),
        ("ml.g5g.xlarge", False),
        ("ml.inf2.xlarge", False),
        ("ml.p3.2xlarge", False),
        ("ml.m5d.large", True),
        ("ml.c6gd.large", True),
        ("ml.r5dn.large", True),
        ("ml.g4dn.xlarge", True),
        ("ml.g5.xlarge", True),
        ("ml.g6e.xlarge", True),
        ("ml.gr6.4xlarge", True),
        ("ml.p4de.24xlarge", True),
        ("ml.p5.48xlarge", True),
        ("ml.trn1.2xlarge", True),
    ],
)
def test_instances_with_local_storage_are_known(instance_type: str, *, local: bool) -> None:
    serving = Realtime(mode="realtime", instance_type=instance_type, instance_count=1)
    assert serving.has_local_storage is local
