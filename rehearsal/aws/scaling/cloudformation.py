"""AWS::ApplicationAutoScaling::ScalableTarget and ScalingPolicy.

`Ref` and identifiers are those of the CloudFormation resource reference: a target is known by
resource, dimension and namespace, a policy by its ARN.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from rehearsal.aws.sagemaker import wire
from rehearsal.aws.sagemaker.cloudformation import Created, Properties, TypeRegistry
from rehearsal.aws.sagemaker.context import SERVICE
from rehearsal.aws.sagemaker.resources import Record
from rehearsal.aws.scaling.errors import ScalingObjectNotFoundError, ScalingRefusedError
from rehearsal.aws.scaling.policies import ScalingOperations
from rehearsal.aws.service_kit.model_validation import ModelValidationError, validate

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_IDENTITY = ("ResourceId", "ScalableDimension", "ServiceNamespace")
_API = "application-autoscaling"


class ScalingTypes:
    """The handlers of both types."""

    def __init__(self, own_operations: Callable[[], ScalingOperations]) -> None:
        """Takes the operations of the account whose stack is being worked on."""
        self._own_operations = own_operations

    @property
    def _operations(self) -> ScalingOperations:
        return self._own_operations()

    def add_to(self, registry: TypeRegistry) -> None:
        """Register both types; their replacing properties are those of the registry schemas."""
        registry.add_type(
            TARGET,
            create=self.create_target,
            delete=self.delete_target,
            update=self.update_target,
            replace_on=_IDENTITY,
        )
        registry.add_type(
            POLICY,
            create=self.create_policy,
            delete=self.delete_policy,
            update=self.update_policy,
            replace_on=(*_IDENTITY, "PolicyName", "ScalingTargetId"),
        )

    def create_target(self, _logical_id: str, properties: Properties, _stack: str) -> Created:
        """Register the variant."""
        if properties.get("ScheduledActions"):
            raise ScalingRefusedError("The rehearsal does not model ScheduledActions.")
        given = {k: v for k, v in properties.items() if k not in ("RoleARN", "Tags")}
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}
        request = _checked("RegisterScalableTarget", {**given, **({"Tags": tags} if tags else {})})
        self._operations.register_scalable_target(request, SERVICE)
        identity = "|".join(str(properties[name]) for name in _IDENTITY)
        return identity, {"Id": identity}

    def update_target(
        self, _physical_id: str, _old: Properties, new: Properties, stack: str
    ) -> Created:
        """Another range of capacity."""
        return self.create_target("", {k: v for k, v in new.items() if k != "Tags"}, stack)

    def delete_target(self, physical_id: str, _properties: Properties) -> None:
        """Gone already is gone, such as with its endpoint."""
        request = dict(zip(_IDENTITY, physical_id.split("|"), strict=True))
        with contextlib.suppress(ScalingObjectNotFoundError):
            self._operations.deregister_scalable_target(request, SERVICE)

    def create_policy(self, _logical_id: str, properties: Properties, _stack: str) -> Created:
        """Put the policy on its target."""
        request = _checked("PutScalingPolicy", _policy_request(properties))
        arn = self._operations.put_scaling_policy(request, SERVICE)["PolicyARN"]
        return arn, {"Arn": arn}

    def update_policy(
        self, _physical_id: str, _old: Properties, new: Properties, stack: str
    ) -> Created:
        """Another configuration."""
        return self.create_policy("", new, stack)

    def delete_policy(self, _physical_id: str, properties: Properties) -> None:
        """Gone already is gone, such as with its target."""
        request = _policy_request(properties)
        wanted = {name: request[name] for name in ("PolicyName", *_IDENTITY)}
        with contextlib.suppress(ScalingObjectNotFoundError):
            self._operations.delete_scaling_policy(wanted, SERVICE)


def _policy_request(properties: Properties) -> Record:
    request: dict[str, Any] = dict(properties)
    target = request.pop("ScalingTargetId", None)
    if target:
        request |= dict(zip(_IDENTITY, str(target).split("|"), strict=True))
    return request


def _checked(operation: str, properties: Properties) -> Record:
    request = wire.with_model_types(operation, properties, _API)
    try:
        validate(_API, operation, request)
    except ModelValidationError as error:
        raise ScalingRefusedError(str(error)) from error
    return request
