"""AWS::SageMaker::Model and AWS::SageMaker::EndpointConfig, which change in place by tags only."""

from __future__ import annotations

from typing import ClassVar

from rehearsal.aws.emulator.extensions import Properties
from rehearsal.aws.sagemaker.composition import Parts
from rehearsal.aws.sagemaker.resource_types.physical_names import name_of, named
from rehearsal.aws.sagemaker.tags import known_arns, replace_tags
from rehearsal.aws.service_kit.operations import SERVICE
from rehearsal.aws.service_kit.resource_type import Created, ResourceType
from rehearsal.aws.service_kit.template_properties import request_of


class UnchangingType(ResourceType[Parts]):
    """What both have in common.

    Attributes:
        kind: as the operations and the member with the name call it.
    """

    kind: ClassVar[str]

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """Make the resource."""
        given = named(properties, f"{self.kind}Name", stack_name, logical_id)
        request = request_of("sagemaker", f"Create{self.kind}", given)
        answer = self._own.operations()[f"Create{self.kind}"](request, SERVICE)
        return self._created(answer[f"{self.kind}Arn"])

    def update(self, ref: str, old: Properties, new: Properties, _stack_name: str) -> Created:
        """Give it other tags."""
        replace_tags(self._own.context.store, ref, old.get("Tags"), new.get("Tags"))
        return self._created(ref)

    def delete(self, ref: str, _properties: Properties) -> None:
        """Gone already is gone."""
        if ref in known_arns(self._own.context.store):
            request = {f"{self.kind}Name": name_of(ref)}
            self._own.operations()[f"Delete{self.kind}"](request, SERVICE)

    def _created(self, arn: str) -> Created:
        return arn, {f"{self.kind}Name": name_of(arn), "Id": arn}


class ModelType(UnchangingType):
    """An image, its artifacts and the role that serves them."""

    name = "AWS::SageMaker::Model"
    kind = "Model"


class EndpointConfigType(UnchangingType):
    """Which models an endpoint serves."""

    name = "AWS::SageMaker::EndpointConfig"
    kind = "EndpointConfig"
