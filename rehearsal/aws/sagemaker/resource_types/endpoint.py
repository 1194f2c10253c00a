"""AWS::SageMaker::Endpoint."""

from __future__ import annotations

from rehearsal.aws.emulator.extensions import Properties
from rehearsal.aws.sagemaker.composition import Parts
from rehearsal.aws.sagemaker.resource_types.physical_names import name_of, named
from rehearsal.aws.sagemaker.tags import replace_tags
from rehearsal.aws.service_kit.operations import SERVICE
from rehearsal.aws.service_kit.resource_type import Created, ResourceType
from rehearsal.aws.service_kit.template_properties import request_of

_UPDATE_ONLY = (
    "RetainAllVariantProperties",
    "ExcludeRetainedVariantProperties",
    "RetainDeploymentConfig",
)


class EndpointFailedError(Exception):
    """The endpoint did not come up, or kept what it had; the message is the status reason."""


class EndpointType(ResourceType[Parts]):
    """Waits until the endpoint has settled."""

    name = "AWS::SageMaker::Endpoint"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """Make an endpoint; one that does not come up is removed."""
        endpoints = self._own.endpoints
        settings = named(properties, "EndpointName", stack_name, logical_id)
        given = {name: value for name, value in settings.items() if name not in _UPDATE_ONLY}
        request = request_of("sagemaker", "CreateEndpoint", given)
        arn = endpoints.create_endpoint(request, SERVICE)["EndpointArn"]
        record = endpoints.lifecycle.wait_until_settled(given["EndpointName"])
        if record is None or record["EndpointStatus"] != "InService":
            reason = record["FailureReason"] if record else "it was deleted meanwhile"
            self.delete(arn, properties)
            raise EndpointFailedError(f"Endpoint {given['EndpointName']} failed: {reason}")
        return arn, {"EndpointName": given["EndpointName"], "EndpointArn": arn}

    def update(self, ref: str, old: Properties, new: Properties, _stack_name: str) -> Created:
        """Blue/green; one that is told to have failed leaves the old servers, and fails.

        Nothing says that the handler compares the configuration; what SageMaker rolls back without
        a reason succeeds here.
        """
        parts, name = self._own, name_of(ref)
        replace_tags(parts.context.store, ref, old.get("Tags"), new.get("Tags"))
        record = parts.endpoints.find(name)
        if name_of(new["EndpointConfigName"]) != record["EndpointConfigName"]:
            given = {key: value for key, value in new.items() if key != "Tags"}
            request = request_of("sagemaker", "UpdateEndpoint", {**given, "EndpointName": name})
            parts.endpoints.update_endpoint(request, SERVICE)
            settled = parts.endpoints.lifecycle.wait_until_settled(name)
            if settled is None or settled.get("FailureReason"):
                reason = settled["FailureReason"] if settled else "it was deleted meanwhile"
                raise EndpointFailedError(f"Endpoint {name} kept its old version: {reason}")
        return ref, {"EndpointName": name, "EndpointArn": ref}

    def delete(self, ref: str, _properties: Properties) -> None:
        """Waits until the servers have ended."""
        parts, name = self._own, name_of(ref)
        if name in parts.context.store.endpoints:
            parts.endpoints.lifecycle.wait_until_settled(name)
            parts.endpoints.delete_endpoint({"EndpointName": name}, SERVICE)
            parts.endpoints.lifecycle.wait_until_settled(name)
