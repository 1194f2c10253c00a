"""What IAM conditions know of a call that makes or changes a model package, or that tags.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon
SageMaker": CreateModelPackage and UpdateModelPackage, and their resource type model-package;
`sagemaker:TaggingAction` of AddTags, which is the call that makes what it tags. Keys
of a request are there only if the request has the member; those that begin with `Current` are about
the version as it is, so that a version that is being made has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws.service_kit.operations import Record

_CREATE, _UPDATE = "CreateModelPackage", "UpdateModelPackage"


def condition_keys(
    operation: str, request: Mapping[str, Any], packages: Mapping[str, Record]
) -> dict[str, Any]:
    """Condition keys of a call with their values; none for other operations.

    Args:
        operation: the API's name.
        request: as it came, perhaps not valid: what has not the type of the model gives no key.
        packages: the versions that exist, by ARN.
    """
    if operation not in (_CREATE, _UPDATE):
        return {}
    life_cycle = _mapping(request.get("ModelLifeCycle"))
    keys = {
        "sagemaker:ModelApprovalStatus": request.get("ModelApprovalStatus"),
        "sagemaker:ModelLifeCycle:Stage": life_cycle.get("Stage"),
        "sagemaker:ModelLifeCycle:StageStatus": life_cycle.get("StageStatus"),
        **_metadata("CustomerMetadataProperties", request),
    }
    if operation == _UPDATE:
        removed = request.get("CustomerMetadataPropertiesToRemove")
        keys["sagemaker:CustomerMetadataPropertiesToRemove"] = removed or None
        keys |= _standing(packages.get(str(request.get("ModelPackageArn"))) or {})
    return {key: value for key, value in keys.items() if value is not None}


def keys_of_tags(request: Mapping[str, Any]) -> dict[str, Any]:
    """Condition keys of the tags in a request; none without tags."""
    tags = request.get("Tags") or []
    keys: dict[str, Any] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    return {**keys, "aws:TagKeys": [tag["Key"] for tag in tags]} if tags else {}


def keys_of_tagging(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Condition keys of the AddTags that is asked for when an operation makes something."""
    return {**keys_of_tags(request), "sagemaker:TaggingAction": operation}


def _standing(package: Mapping[str, Any]) -> dict[str, Any]:
    life_cycle = _mapping(package.get("ModelLifeCycle"))
    current = {"CurrentCustomerMetadataProperties": package.get("CustomerMetadataProperties")}
    return {
        "sagemaker:CurrentModelLifeCycleStage": life_cycle.get("Stage"),
        "sagemaker:CurrentModelLifeCycleStageStatus": life_cycle.get("StageStatus"),
        **_metadata("CurrentCustomerMetadataProperties", current),
    }


def _metadata(name: str, holder: Mapping[str, Any]) -> dict[str, Any]:
    return {f"sagemaker:{name}/{key}": value for key, value in _mapping(holder.get(name)).items()}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
