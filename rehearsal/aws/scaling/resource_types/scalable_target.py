"""AWS::ApplicationAutoScaling::ScalableTarget."""

from __future__ import annotations

import contextlib

from rehearsal.aws.emulator.extensions import Properties
from rehearsal.aws.scaling.errors import ScalingObjectNotFoundError, ScalingRefusedError
from rehearsal.aws.scaling.policies import ScalingOperations
from rehearsal.aws.service_kit.key_values import mapping_of
from rehearsal.aws.service_kit.operations import SERVICE
from rehearsal.aws.service_kit.resource_type import Created, ResourceType
from rehearsal.aws.service_kit.template_properties import request_of

IDENTITY = ("ResourceId", "ScalableDimension", "ServiceNamespace")


class ScalableTargetType(ResourceType[ScalingOperations]):
    """Changes in place by its range of capacity."""

    name = "AWS::ApplicationAutoScaling::ScalableTarget"

    def create(self, _logical_id: str, properties: Properties, _stack_name: str) -> Created:
        """Register the variant."""
        if properties.get("ScheduledActions"):
            raise ScalingRefusedError("The rehearsal does not model ScheduledActions.")
        given = {k: v for k, v in properties.items() if k not in ("RoleARN", "Tags")}
        if properties.get("Tags"):
            given["Tags"] = mapping_of(properties["Tags"])
        request = request_of("application-autoscaling", "RegisterScalableTarget", given)
        self._own.register_scalable_target(request, SERVICE)
        identity = "|".join(str(properties[name]) for name in IDENTITY)
        return identity, {"Id": identity}

    def update(self, _ref: str, _old: Properties, new: Properties, stack_name: str) -> Created:
        """Register another range; tags stay."""
        return self.create("", {k: v for k, v in new.items() if k != "Tags"}, stack_name)

    def delete(self, ref: str, _properties: Properties) -> None:
        """Gone already is gone, such as with its endpoint."""
        request = dict(zip(IDENTITY, ref.split("|"), strict=True))
        with contextlib.suppress(ScalingObjectNotFoundError):
            self._own.deregister_scalable_target(request, SERVICE)
