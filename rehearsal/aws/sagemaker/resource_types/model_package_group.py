"""AWS::SageMaker::ModelPackageGroup."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.aws.emulator.extensions import Properties
from rehearsal.aws.sagemaker.composition import Parts
from rehearsal.aws.sagemaker.resource_types.physical_names import name_of
from rehearsal.aws.sagemaker.tags import replace_tags
from rehearsal.aws.service_kit.operations import SERVICE
from rehearsal.aws.service_kit.resource_type import Created, ResourceType
from rehearsal.aws.service_kit.template_properties import request_of

_ATTRIBUTES = ("ModelPackageGroupArn", "ModelPackageGroupStatus", "CreationTime")
_POLICY = "ModelPackageGroupPolicy"


class ModelPackageGroupType(ResourceType[Parts]):
    """Policy and tags change in place."""

    name = "AWS::SageMaker::ModelPackageGroup"

    def create(self, _logical_id: str, properties: Properties, _stack_name: str) -> Created:
        """Make the group."""
        given = {name: value for name, value in properties.items() if name != _POLICY}
        request = request_of("sagemaker", "CreateModelPackageGroup", given)
        registry = self._own.registry
        arn = registry.create_model_package_group(request, SERVICE)["ModelPackageGroupArn"]
        if properties.get(_POLICY):
            self._put_policy(arn, properties[_POLICY])
        return arn, self._attributes(arn)

    def update(self, ref: str, old: Properties, new: Properties, _stack_name: str) -> Created:
        """Change it."""
        parts, name = self._own, name_of(ref)
        if new.get(_POLICY):
            self._put_policy(ref, new[_POLICY])
        elif old.get(_POLICY):
            request = {"ModelPackageGroupName": name}
            parts.registry.delete_model_package_group_policy(request, SERVICE)
        replace_tags(parts.context.store, ref, old.get("Tags"), new.get("Tags"))
        return ref, self._attributes(ref)

    def delete(self, ref: str, _properties: Properties) -> None:
        """A group with model packages is refused, as on AWS."""
        request, parts = {"ModelPackageGroupName": name_of(ref)}, self._own
        if request["ModelPackageGroupName"] in parts.context.store.groups:
            parts.registry.delete_model_package_group(request, SERVICE)

    def _attributes(self, arn: str) -> dict[str, Any]:
        group = self._own.context.store.groups[name_of(arn)]
        return {member: group[member] for member in _ATTRIBUTES}

    def _put_policy(self, arn: str, policy: Any) -> None:
        text = policy if isinstance(policy, str) else json.dumps(policy, ensure_ascii=False)
        request = {"ModelPackageGroupName": name_of(arn), "ResourcePolicy": text}
        self._own.registry.put_model_package_group_policy(request, SERVICE)
