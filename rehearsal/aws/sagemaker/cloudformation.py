"""CloudFormation types of SageMaker: handlers over the same operations that clients call.

`Ref` and attributes are those of the CloudFormation resource reference: `Ref` answers the ARN of
each of these types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from ministack.services.cloudformation.provisioners import _physical_name

from rehearsal.aws.sagemaker import wire
from rehearsal.aws.sagemaker.composition import Parts
from rehearsal.aws.sagemaker.context import SERVICE
from rehearsal.aws.sagemaker.endpoints.configs import EndpointConfigOperations
from rehearsal.aws.sagemaker.endpoints.endpoints import EndpointOperations
from rehearsal.aws.sagemaker.endpoints.models import ModelOperations
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.model_registry import ModelRegistry
from rehearsal.aws.sagemaker.resources import Record, Store
from rehearsal.aws.sagemaker.tags import set_tags

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

_LONGEST_NAME = 63
_MODEL = (
    "Containers",
    "EnableNetworkIsolation",
    "ExecutionRoleArn",
    "InferenceExecutionConfig",
    "ModelName",
    "PrimaryContainer",
    "VpcConfig",
)
_CONFIG = (
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
_UPDATE_ONLY = (
    "RetainAllVariantProperties",
    "ExcludeRetainedVariantProperties",
    "RetainDeploymentConfig",
)


class ResourceFailedError(Exception):
    """The resource did not come up; the message is its status reason."""


class TypeRegistry(Protocol):
    """Where resource types are added."""

    def add_type(
        self,
        cfn_type: str,
        create: Callable[[str, Properties, str], Created],
        delete: Callable[[str, Properties], None],
        update: Callable[[str, Properties, Properties, str], Created] | None = None,
        replace_on: Iterable[str] = (),
    ) -> None:
        """Provision a type with the given handlers."""


class SageMakerTypes:
    """The handlers of all types."""

    def __init__(self, own_parts: Callable[[], Parts]) -> None:
        """Takes the parts of the account whose stack is being worked on."""
        self._own_parts = own_parts

    @property
    def _store(self) -> Store:
        return self._own_parts().world.store

    @property
    def _registry(self) -> ModelRegistry:
        return self._own_parts().registry

    @property
    def _models(self) -> ModelOperations:
        return self._own_parts().models

    @property
    def _configs(self) -> EndpointConfigOperations:
        return self._own_parts().configs

    @property
    def _endpoints(self) -> EndpointOperations:
        return self._own_parts().endpoints

    def add_to(self, registry: TypeRegistry) -> None:
        """Register every type."""
        registry.add_type(
            "AWS::SageMaker::ModelPackageGroup",
            create=self.create_group,
            delete=self.delete_group,
            update=self.update_group,
            replace_on=("ModelPackageGroupName",),
        )
        registry.add_type(
            "AWS::SageMaker::Model",
            create=self.create_model,
            delete=self.delete_model,
            update=self.update_tags,
            replace_on=_MODEL,
        )
        registry.add_type(
            "AWS::SageMaker::EndpointConfig",
            create=self.create_config,
            delete=self.delete_config,
            update=self.update_tags,
            replace_on=_CONFIG,
        )
        registry.add_type(
            "AWS::SageMaker::Endpoint",
            create=self.create_endpoint,
            delete=self.delete_endpoint,
            update=self.update_endpoint,
            replace_on=("EndpointName",),
        )

    def create_group(self, _logical_id: str, properties: Properties, _stack_name: str) -> Created:
        """AWS::SageMaker::ModelPackageGroup."""
        policy = properties.get("ModelPackageGroupPolicy")
        given = {k: v for k, v in properties.items() if k != "ModelPackageGroupPolicy"}
        request = _checked("CreateModelPackageGroup", given)
        arn = self._registry.create_model_package_group(request, SERVICE)["ModelPackageGroupArn"]
        if policy:
            self._put_policy(arn, policy)
        return arn, self._group_attributes(arn)

    def update_group(
        self, physical_id: str, old: Properties, new: Properties, _stack_name: str
    ) -> Created:
        """Description, policy and tags change in place."""
        group = self._store.groups[_name(physical_id)]
        description = new.get("ModelPackageGroupDescription")
        self._store.change(group, ModelPackageGroupDescription=description)
        if new.get("ModelPackageGroupPolicy"):
            self._put_policy(physical_id, new["ModelPackageGroupPolicy"])
        elif old.get("ModelPackageGroupPolicy"):
            request = {"ModelPackageGroupName": _name(physical_id)}
            self._registry.delete_model_package_group_policy(request, SERVICE)
        self._replace_tags(physical_id, old, new)
        return physical_id, self._group_attributes(physical_id)

    def delete_group(self, physical_id: str, _properties: Properties) -> None:
        """A group with model packages is refused, as on AWS."""
        if _name(physical_id) in self._store.groups:
            request = {"ModelPackageGroupName": _name(physical_id)}
            self._registry.delete_model_package_group(request, SERVICE)

    def create_model(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """AWS::SageMaker::Model."""
        named = _named(properties, "ModelName", stack_name, logical_id)
        arn = self._models.create_model(_checked("CreateModel", named), SERVICE)["ModelArn"]
        return arn, {"ModelName": named["ModelName"], "Id": arn}

    def delete_model(self, physical_id: str, _properties: Properties) -> None:
        """Gone already is gone."""
        if _name(physical_id) in self._store.models:
            self._models.delete_model({"ModelName": _name(physical_id)}, SERVICE)

    def create_config(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """AWS::SageMaker::EndpointConfig."""
        named = _named(properties, "EndpointConfigName", stack_name, logical_id)
        request = _checked("CreateEndpointConfig", named)
        arn = self._configs.create_endpoint_config(request, SERVICE)["EndpointConfigArn"]
        return arn, {"EndpointConfigName": named["EndpointConfigName"], "Id": arn}

    def delete_config(self, physical_id: str, _properties: Properties) -> None:
        """Gone already is gone."""
        if _name(physical_id) in self._store.endpoint_configs:
            request = {"EndpointConfigName": _name(physical_id)}
            self._configs.delete_endpoint_config(request, SERVICE)

    def update_tags(
        self, physical_id: str, old: Properties, new: Properties, _stack_name: str
    ) -> Created:
        """Models and configurations change in place by their tags only."""
        self._replace_tags(physical_id, old, new)
        kind = "ModelName" if ":model/" in physical_id else "EndpointConfigName"
        return physical_id, {kind: _name(physical_id), "Id": physical_id}

    def create_endpoint(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """AWS::SageMaker::Endpoint; waits until it is in service."""
        named = _named(properties, "EndpointName", stack_name, logical_id)
        given = {name: value for name, value in named.items() if name not in _UPDATE_ONLY}
        request = _checked("CreateEndpoint", given)
        arn = self._endpoints.create_endpoint(request, SERVICE)["EndpointArn"]
        record = self._endpoints.lifecycle.wait_until_settled(named["EndpointName"])
        if record is None or record["EndpointStatus"] != "InService":
            reason = record["FailureReason"] if record else "it was deleted meanwhile"
            self.delete_endpoint(arn, properties)
            raise ResourceFailedError(f"Endpoint {named['EndpointName']} failed: {reason}")
        return arn, {"EndpointName": named["EndpointName"], "EndpointArn": arn}

    def update_endpoint(
        self, physical_id: str, old: Properties, new: Properties, _stack_name: str
    ) -> Created:
        """Blue/green; one that is told to have failed leaves the old servers, and fails.

        Nothing says that the handler compares the configuration; what SageMaker rolls back without
        a reason succeeds here.
        """
        name = _name(physical_id)
        self._replace_tags(physical_id, old, new)
        record = self._endpoints.endpoint(name)
        if new["EndpointConfigName"].rsplit("/", 1)[-1] != record["EndpointConfigName"]:
            given = {k: v for k, v in new.items() if k != "Tags"}
            request = _checked("UpdateEndpoint", {**given, "EndpointName": name})
            self._endpoints.update_endpoint(request, SERVICE)
            settled = self._endpoints.lifecycle.wait_until_settled(name)
            if settled is None or settled.get("FailureReason"):
                reason = settled["FailureReason"] if settled else "it was deleted meanwhile"
                raise ResourceFailedError(f"Endpoint {name} kept its old version: {reason}")
        return physical_id, {"EndpointName": name, "EndpointArn": physical_id}

    def delete_endpoint(self, physical_id: str, _properties: Properties) -> None:
        """Waits until the servers have ended."""
        name = _name(physical_id)
        if name in self._store.endpoints:
            self._endpoints.lifecycle.wait_until_settled(name)
            self._endpoints.delete_endpoint({"EndpointName": name}, SERVICE)
            self._endpoints.lifecycle.wait_until_settled(name)

    def _group_attributes(self, arn: str) -> dict[str, Any]:
        group = self._store.groups[_name(arn)]
        members = ("ModelPackageGroupArn", "ModelPackageGroupStatus", "CreationTime")
        return {member: group[member] for member in members}

    def _put_policy(self, arn: str, policy: Any) -> None:
        text = policy if isinstance(policy, str) else wire.to_json(policy)
        request = {"ModelPackageGroupName": _name(arn), "ResourcePolicy": text}
        self._registry.put_model_package_group_policy(request, SERVICE)

    def _replace_tags(self, arn: str, old: Properties, new: Properties) -> None:
        with self._store.lock:
            for tag in old.get("Tags") or []:
                self._store.tags[arn].pop(tag["Key"], None)
            set_tags(self._store, arn, new.get("Tags"))


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _named(properties: Properties, member: str, stack_name: str, logical_id: str) -> Properties:
    """Properties with a generated name where the template gives none; references are names."""
    named = dict(properties)
    if not named.get(member):
        generated: str = _physical_name(stack_name, logical_id, max_len=_LONGEST_NAME)
        named[member] = generated
    if "EndpointConfigName" in named:
        named["EndpointConfigName"] = _name(named["EndpointConfigName"])
    return named


def _checked(operation: str, properties: Properties) -> Record:
    """Properties as the request of an operation; templates carry numbers and truths as text."""
    request: Record = wire.with_model_types(operation, properties)
    try:
        wire.check_request(operation, request)
    except RequestRefusedError as error:
        raise ResourceFailedError(str(error)) from error
    return request
