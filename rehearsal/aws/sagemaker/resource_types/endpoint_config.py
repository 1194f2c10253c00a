"""AWS::SageMaker::EndpointConfig."""

from __future__ import annotations

from rehearsal.aws.emulator.extensions import Properties
from rehearsal.aws.sagemaker.composition import Parts
from rehearsal.aws.sagemaker.resource_types.physical_names import name_of, named
from rehearsal.aws.sagemaker.tags import replace_tags
from rehearsal.aws.service_kit.operations import SERVICE
from rehearsal.aws.service_kit.resource_type import Created, ResourceType
from rehearsal.aws.service_kit.template_properties import request_of


class EndpointConfigType(ResourceType[Parts]):
    """Changes in place by its tags only."""

    name = "AWS::SageMaker::EndpointConfig"
    replace_on = (
        "AsyncInferenceConfig",
        "DataCaptureConfig",
        "EnableNetworkIsolation",
        "EndpointConfigName",
        "ExecutionRoleArn",
        "ExplainerConfig",
        "KmsKeyId",
        "MetricsConfig",
        "ProductionVariants",
        "ShadowProductionVariants",
        "VpcConfig",
    )

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """Make the configuration."""
        given = named(properties, "EndpointConfigName", stack_name, logical_id)
        request = request_of("sagemaker", "CreateEndpointConfig", given)
        configs = self._own.configs
        arn = configs.create_endpoint_config(request, SERVICE)["EndpointConfigArn"]
        return arn, {"EndpointConfigName": given["EndpointConfigName"], "Id": arn}

    def update(self, ref: str, old: Properties, new: Properties, _stack_name: str) -> Created:
        """Give it other tags."""
        replace_tags(self._own.context.store, ref, old.get("Tags"), new.get("Tags"))
        return ref, {"EndpointConfigName": name_of(ref), "Id": ref}

    def delete(self, ref: str, _properties: Properties) -> None:
        """Gone already is gone."""
        request, parts = {"EndpointConfigName": name_of(ref)}, self._own
        if request["EndpointConfigName"] in parts.context.store.endpoint_configs:
            parts.configs.delete_endpoint_config(request, SERVICE)
