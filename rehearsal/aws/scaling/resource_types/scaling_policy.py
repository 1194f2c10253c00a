"""AWS::ApplicationAutoScaling::ScalingPolicy."""

from __future__ import annotations

import contextlib
from typing import Any

from rehearsal.aws.emulator.extensions import Properties
from rehearsal.aws.scaling.errors import ScalingObjectNotFoundError
from rehearsal.aws.scaling.policies import ScalingOperations
from rehearsal.aws.scaling.resource_types.scalable_target import IDENTITY
from rehearsal.aws.service_kit.operations import SERVICE, Record
from rehearsal.aws.service_kit.resource_type import Created, ResourceType
from rehearsal.aws.service_kit.template_properties import request_of


class ScalingPolicyType(ResourceType[ScalingOperations]):
    """Changes in place by its configuration."""

    name = "AWS::ApplicationAutoScaling::ScalingPolicy"

    def create(self, _logical_id: str, properties: Properties, _stack_name: str) -> Created:
        """Put the policy on its target."""
        named = _with_identity(properties)
        request = request_of("application-autoscaling", "PutScalingPolicy", named)
        arn = self._own.put_scaling_policy(request, SERVICE)["PolicyARN"]
        return arn, {"Arn": arn}

    def update(self, _ref: str, _old: Properties, new: Properties, stack_name: str) -> Created:
        """Put another configuration."""
        return self.create("", new, stack_name)

    def delete(self, _ref: str, properties: Properties) -> None:
        """Gone already is gone, such as with its target."""
        named = _with_identity(properties)
        wanted = {name: named[name] for name in ("PolicyName", *IDENTITY)}
        with contextlib.suppress(ScalingObjectNotFoundError):
            self._own.delete_scaling_policy(wanted, SERVICE)


def _with_identity(properties: Properties) -> Record:
    """Properties whose target is named by its parts, if the template names it by its identity."""
    named: dict[str, Any] = dict(properties)
    target = named.pop("ScalingTargetId", None)
    if target:
        named |= dict(zip(IDENTITY, str(target).split("|"), strict=True))
    return named
