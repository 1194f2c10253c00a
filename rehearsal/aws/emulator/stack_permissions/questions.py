"""The questions that CloudFormation asks IAM before it touches a resource of a stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import tagging

from rehearsal.aws.emulator.iam import resource_owners
from rehearsal.aws.emulator.iam.identity_policies import resource_tag_keys
from rehearsal.aws.emulator.stack_permissions.handler_permissions import (
    details,
    is_tagging,
    needed_actions,
)
from rehearsal.aws.emulator.stack_permissions.stack_resources import (
    SCALING_SERVICE,
    StackResource,
    is_policy_without_target,
    judged_arns,
    scaled_resource,
    target_tracking_alarm,
)

_PASS_ROLE = "iam:PassRole"  # noqa: S105 # an action
_ATTACH, _DETACH = "iam:AttachRolePolicy", "iam:DetachRolePolicy"

_ROLE, _KEY = "AWS::IAM::Role", "AWS::KMS::Key"
# What IAM alone decides about a key that is being made. Source: KMS API reference, CreateKey.
_WITHOUT_KEY_POLICY = ("kms:CreateKey", "kms:TagResource")

SCALING_KEYS: Mapping[str, str] = {
    "application-autoscaling:scalable-dimension": "ScalableDimension",
    "application-autoscaling:service-namespace": "ServiceNamespace",
}

# The property with the role that is passed, and the service that gets it.
_PASSED_ROLES: Mapping[str, tuple[str, str]] = {
    "AWS::Events::Rule": ("RoleArn", "events.amazonaws.com"),
    "AWS::Lambda::Function": ("Role", "lambda.amazonaws.com"),
    "AWS::SageMaker::EndpointConfig": ("ExecutionRoleArn", "sagemaker.amazonaws.com"),
    "AWS::SageMaker::Model": ("ExecutionRoleArn", "sagemaker.amazonaws.com"),
    "AWS::ServiceCatalog::LaunchRoleConstraint": ("RoleArn", "servicecatalog.amazonaws.com"),
}


@dataclass(frozen=True)
class Question:
    """May the principal do this, there, under these condition keys?

    Attributes:
        policy: of the resource, if it is being made and has it from its first call on.
    """

    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)
    policy: Any = None


def questions_about(
    operation: str, resource: StackResource, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Question]:
    """All that one operation on one resource needs.

    Args:
        operation: `create`, `import`, `update` or `delete`.
        resource: as it will be, or as it is when it is deleted.
        old: properties before; empty for a creation.
        new: properties afterwards; empty for a deletion.
    """
    if resource.cfn_type.startswith("Custom::"):
        yield Question("lambda:InvokeFunction", str((new or old).get("ServiceToken", "")))
        return
    for action in needed_actions(resource.cfn_type, operation, old, new):
        if action == _PASS_ROLE:
            yield from _passed_roles(resource)
            continue
        # The handler describes a policy before it deletes it; if there is none, it is done.
        if operation == "delete" and "Delete" in action and is_policy_without_target(resource):
            continue
        requested = _requested(operation, action, resource, old)
        policy = _policy_in_the_making(action, resource)
        calls = [requested]
        if resource.cfn_type == _ROLE and action in (_ATTACH, _DETACH):
            calls = [{**requested, "iam:policyarn": one} for one in _policies(action, old, new)]
        for asked, arn in product(calls, judged_arns(action, resource)):
            standing = _standing(action, arn, resource.cfn_type, old, new)
            yield Question(action, arn, {**asked, **standing}, policy)
    if operation == "create":
        yield from _beyond_the_registry(resource)
    if operation != "delete":
        yield from _of_scaling(resource)


def _policies(action: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The managed policies that a role gets or loses, each by a call of its own."""
    before, after = (set(properties.get("ManagedPolicyArns", [])) for properties in (old, new))
    return sorted(after - before if action == _ATTACH else before - after)


def _passed_roles(resource: StackResource) -> Iterator[Question]:
    property_name, service = _PASSED_ROLES.get(resource.cfn_type, ("", ""))
    role = resource.text(property_name)
    if role:
        yield Question(_PASS_ROLE, role, {"iam:passedtoservice": service})


def _beyond_the_registry(resource: StackResource) -> Iterator[Question]:
    """What SageMaker asks of whoever makes a model or a configuration, and no schema says.

    Source: SageMaker developer guide, "SageMaker Roles" ("kms:CreateGrant" for
    CreateEndpointConfig with a KmsKeyId) and "CreateModel API: Execution Role Permissions".
    """
    key = resource.text("KmsKeyId")
    if resource.cfn_type == "AWS::SageMaker::EndpointConfig" and key:
        standing = resource_tag_keys(tagging.resource_tags(key) or {})
        yield Question("kms:CreateGrant", key, {"kms:grantisforawsresource": "true", **standing})
    if resource.cfn_type == "AWS::SageMaker::Model":
        for package in _packages(resource):
            yield Question("sagemaker:DescribeModelPackage", package)
            # "Deploy a Model Version from a Different Account" has this in the group's policy.
            if resource_owners.is_foreign(package, get_account_id()):
                yield Question("sagemaker:CreateModel", package)


def _packages(model: StackResource) -> list[str]:
    first = model.properties.get("PrimaryContainer") or {}
    containers = [first, *(model.properties.get("Containers") or [])]
    named = (container.get("ModelPackageName") for container in containers)
    return [str(package) for package in named if package]


def _of_scaling(resource: StackResource) -> Iterator[Question]:
    """What Application Auto Scaling asks of whoever registers a variant or gives it a policy.

    Source: SageMaker developer guide, "Auto scaling prerequisites"; Application Auto Scaling user
    guide, "Permissions required for API calls on target resources" and "… on CloudWatch alarms".
    """
    kind = resource.cfn_type.partition("AWS::ApplicationAutoScaling::")[2]
    if kind == "ScalingPolicy":
        for action in ("PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"):
            yield Question(f"cloudwatch:{action}", target_tracking_alarm(resource))
    if kind == "ScalableTarget":
        endpoint = "/".join(scaled_resource(resource).split("/")[:2])
        arn = f"arn:aws:sagemaker:{get_region()}:{get_account_id()}:{endpoint}"
        tags = resource_tag_keys(tagging.resource_tags(arn) or {})
        for action in ("DescribeEndpoint", "UpdateEndpointWeightsAndCapacities"):
            yield Question(f"sagemaker:{action}", arn, tags)


def _policy_in_the_making(action: str, resource: StackResource) -> Any:
    is_asked = resource.cfn_type == _KEY and action not in _WITHOUT_KEY_POLICY
    return resource.properties.get("KeyPolicy") if is_asked and not resource.physical_id else None


def _requested(
    operation: str, action: str, resource: StackResource, old: Mapping[str, Any]
) -> dict[str, Any]:
    """Condition keys that the request itself brings along, as far as the action knows them."""
    properties = resource.properties
    known = details(action)["conditionKeys"]
    context: dict[str, Any] = {}
    if "aws:RequestTag/${TagKey}" in known:
        tags = _tags(properties)
        if is_tagging(action):  # handlers compare, and tag no more than the difference
            tags = dict(tags.items() - _tags(old).items())
        context |= {f"aws:requesttag/{key}".lower(): value for key, value in tags.items()}
        context["aws:tagkeys"] = sorted(tags)
    if "sagemaker:TaggingAction" in known and operation == "create":
        context["sagemaker:taggingaction"] = f"Create{resource.cfn_type.rpartition('::')[2]}"
    if "iam:PermissionsBoundary" in known and "PermissionsBoundary" in properties:
        context["iam:permissionsboundary"] = properties["PermissionsBoundary"]
    if "iam:AWSServiceName" in known:
        context["iam:awsservicename"] = SCALING_SERVICE
    for key, member in SCALING_KEYS.items():
        if key in known and member in properties:
            context[key] = properties[member]
    return context


def _standing(
    action: str, arn: str, cfn_type: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, str]:
    """The tags that the resource has; one that is being made has them after its first call.

    Those of a key count only minutes later. Source: KMS developer guide, "ABAC for AWS KMS".
    """
    tags = tagging.resource_tags(arn)
    if tags is None:
        first_call = action.partition(":")[2].startswith(("Create", "Register"))
        is_unknown = first_call or is_tagging(action) or cfn_type == _KEY
        tags = {} if is_unknown and not old else _tags(old or new)
    return resource_tag_keys(tags)


def _tags(properties: Mapping[str, Any]) -> dict[str, str]:
    tags = properties.get("Tags") or properties.get("ResourceTags") or []
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags}
