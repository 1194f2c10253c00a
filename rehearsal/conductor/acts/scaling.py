"""Whether Application Auto Scaling knows of a stage's instances what its settings say."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from rehearsal.conductor.acts.configure import serving_of
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.deployments import endpoint_name
from rehearsal.conductor.errors import RehearsalError

_SERVICE = {"ServiceNamespace": "sagemaker"}


@dataclass(frozen=True)
class Limits:
    """Between how many instances a stage scales, and how many requests a minute one should get."""

    least: int
    most: int
    requests_per_minute: float


def check_scaling(play: Play, name: str) -> None:
    """Look whether the instances of a deployed stage scale as its settings say, or not at all.

    Raises:
        RehearsalError: they scale otherwise.
    """
    wanted, found = list(_in_settings(play, name)), list(_registered(play, name))
    if found != wanted:
        raise RehearsalError(f"The stage {name} scales as {found}, not as {wanted}.")
    for limits in found:
        play.facts.setdefault("scaling", {})[name] = asdict(limits)
        play.say(
            f"{name} scales from {limits.least} to {limits.most} instances, for "
            f"{limits.requests_per_minute:.0f} requests a minute each"
        )


def check_unscaled(play: Play, name: str) -> None:
    """Look whether nothing scales a removed stage.

    Raises:
        RehearsalError: something is still registered.
    """
    left = [target["ResourceId"] for target in _targets(play, name)]
    if left:
        raise RehearsalError(f"The removed stage {name} is still registered: {', '.join(left)}.")
    if name in play.facts.get("scaling", {}):
        play.say(f"{name} is no longer registered to scale")


def _in_settings(play: Play, name: str) -> Iterator[Limits]:
    serving = serving_of(play, name)
    if "autoscaling" in serving:
        scaling = serving["autoscaling"]
        yield Limits(
            serving["instance_count"],
            scaling["max_instances"],
            float(scaling["invocations_per_instance_per_minute"]),
        )


def _registered(play: Play, name: str) -> Iterator[Limits]:
    """The limits of each target, once for each policy that scales it."""
    client = play.user_of(name).client("application-autoscaling")
    for target in _targets(play, name):
        found = client.describe_scaling_policies(**_SERVICE, ResourceId=target["ResourceId"])
        for policy in found["ScalingPolicies"]:
            tracked = policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
            yield Limits(target["MinCapacity"], target["MaxCapacity"], tracked)


def _targets(play: Play, name: str) -> list[dict[str, Any]]:
    client = play.user_of(name).client("application-autoscaling")
    found = client.describe_scalable_targets(**_SERVICE)["ScalableTargets"]
    prefix = f"endpoint/{endpoint_name(name)}/"
    return [target for target in found if target["ResourceId"].startswith(prefix)]
