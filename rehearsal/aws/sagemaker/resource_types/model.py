"""AWS::SageMaker::Model."""

from __future__ import annotations

from rehearsal.aws.emulator.extensions import Properties
from rehearsal.aws.sagemaker.composition import Parts
from rehearsal.aws.sagemaker.resource_types.physical_names import name_of, named
from rehearsal.aws.sagemaker.tags import replace_tags
from rehearsal.aws.service_kit.operations import SERVICE
from rehearsal.aws.service_kit.resource_type import Created, ResourceType
from rehearsal.aws.service_kit.template_properties import request_of


class ModelType(ResourceType[Parts]):
    """Changes in place by its tags only."""

    name = "AWS::SageMaker::Model"
    replace_on = (
        "Containers",
        "EnableNetworkIsolation",
        "ExecutionRoleArn",
        "InferenceExecutionConfig",
        "ModelName",
        "PrimaryContainer",
        "VpcConfig",
    )

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """Make the model."""
        given = named(properties, "ModelName", stack_name, logical_id)
        request = request_of("sagemaker", "CreateModel", given)
        arn = self._own.models.create_model(request, SERVICE)["ModelArn"]
        return arn, {"ModelName": given["ModelName"], "Id": arn}

    def update(self, ref: str, old: Properties, new: Properties, _stack_name: str) -> Created:
        """Give it other tags."""
        replace_tags(self._own.context.store, ref, old.get("Tags"), new.get("Tags"))
        return ref, {"ModelName": name_of(ref), "Id": ref}

    def delete(self, ref: str, _properties: Properties) -> None:
        """Gone already is gone."""
        request, parts = {"ModelName": name_of(ref)}, self._own
        if request["ModelName"] in parts.context.store.models:
            parts.models.delete_model(request, SERVICE)
