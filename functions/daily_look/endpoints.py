"""The endpoints of projects in this account and region, by their tags.

One request finds 100 of them, and each is described by one more. An endpoint of a stage in another
account is not seen: it is that account's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from invocation.aws_errors import AWS_ERRORS, is_absent

_ID_TAG, _NAME_TAG, _STAGE_TAG = "sagemaker:project-id", "sagemaker:project-name", "mlops:stage"
# SageMaker deletes instances first, and keeps none of an endpoint that failed.
_WITHOUT_INSTANCES = ("Deleting", "Failed")


@dataclass(frozen=True)
class Variant:
    """What a variant keeps running although nobody asks.

    Args:
        name: of the variant.
        instances: how many.
        provisioned: how many requests a serverless variant is kept ready for.
    """

    name: str
    instances: int
    provisioned: int


@dataclass(frozen=True)
class Endpoint:
    """An endpoint of a stage.

    Args:
        name: as `InvokeEndpoint` and CloudWatch have it.
        group: name of its project's model package group.
        config: name of its configuration.
        created: when.
        variants: those that keep something running.
    """

    name: str
    group: str
    config: str
    created: datetime
    variants: tuple[Variant, ...]


def find_endpoints(tagging: Any, sagemaker: Any) -> Iterator[Endpoint]:
    """Yield the endpoints of projects; one that is deleted meanwhile is passed over."""
    pages = tagging.get_paginator("get_resources").paginate(
        ResourceTypeFilters=["sagemaker:endpoint"],
        TagFilters=[{"Key": key} for key in (_ID_TAG, _NAME_TAG, _STAGE_TAG)],
    )
    for page in pages:
        for resource in page["ResourceTagMappingList"]:
            tags = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
            told = _describe(sagemaker, f"{tags[_NAME_TAG]}-{tags[_STAGE_TAG]}")
            if told is not None:
                yield _endpoint(told, f"{tags[_NAME_TAG]}-{tags[_ID_TAG]}")


def instance_types(sagemaker: Any, config: str) -> dict[str, str]:
    """Instance types by variant; none of a configuration that is deleted meanwhile."""
    try:
        told = sagemaker.describe_endpoint_config(EndpointConfigName=config)
    except AWS_ERRORS as error:
        if not is_absent(error):
            raise
        return {}
    variants = told["ProductionVariants"]
    return {one["VariantName"]: one["InstanceType"] for one in variants if "InstanceType" in one}


def _describe(sagemaker: Any, name: str) -> Mapping[str, Any] | None:
    try:
        told: Mapping[str, Any] = sagemaker.describe_endpoint(EndpointName=name)
    except AWS_ERRORS as error:
        if not is_absent(error):
            raise
        return None
    return told if told["EndpointStatus"] not in _WITHOUT_INSTANCES else None


def _endpoint(told: Mapping[str, Any], group: str) -> Endpoint:
    variants = map(_variant, told.get("ProductionVariants", ()))
    return Endpoint(
        name=told["EndpointName"],
        group=group,
        config=told["EndpointConfigName"],
        created=told["CreationTime"],
        variants=tuple(one for one in variants if one.instances or one.provisioned),
    )


def _variant(told: Mapping[str, Any]) -> Variant:
    serverless = told.get("CurrentServerlessConfig", {})
    return Variant(
        name=told["VariantName"],
        instances=told.get("CurrentInstanceCount", 0),
        provisioned=serverless.get("ProvisionedConcurrency", 0),
    )
