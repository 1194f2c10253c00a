"""One call of an attacker, and what it is filled in with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::{account}:role/"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
OPEN_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)
DENIED = {"AccessDenied", "AccessDeniedException", "403"}
# So a denial is not one of broken credentials.
ALLOWED = {"done", "ResourceNotFound", "ResourceNotFoundException"}
DEFINITION = json.dumps({"Version": "2020-12-01", "Steps": []})
EMPTY_STACK = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


class Attack(NamedTuple):
    """One call: what it would get, the service, the operation, and the request's members."""

    aim: str
    service: str
    operation: str
    request: dict[str, Any]


OWN_TAGS = {"sagemaker:project-id": "{own_id}", "mlops:stage": "dev"}
OWN_TAG_LIST = [{"Key": key, "Value": value} for key, value in OWN_TAGS.items()]

# Of two keys of the account that no project has: one without tags, and one with a project's.
FOREIGN_KEYS = (
    Attack(
        "claim a foreign key",
        "kms",
        "tag_resource",
        {
            "KeyId": "{foreign_key}",
            "Tags": [{"TagKey": "sagemaker:project-id", "TagValue": "{own_id}"}],
        },
    ),
    Attack(
        "name a foreign key as a project's",
        "kms",
        "create_alias",
        {"AliasName": "alias/mlops-sm-project-{own_id}-2", "TargetKeyId": "{tagged_key}"},
    ),
    Attack(
        "open a foreign key",
        "kms",
        "put_key_policy",
        {"KeyId": "{tagged_key}", "PolicyName": "default", "Policy": OPEN_TRUST},
    ),
    Attack(
        "use a foreign key",
        "kms",
        "generate_data_key",
        {"KeyId": "{tagged_key}", "KeySpec": "AES_256"},
    ),
    Attack("delete a foreign key", "kms", "schedule_key_deletion", {"KeyId": "{tagged_key}"}),
)
ANY_ROLE = (
    *FOREIGN_KEYS,
    Attack("read a seed bundle", "s3", "get_object", {"Bucket": "{seeds}", "Key": "seed.zip"}),
    Attack(
        "poison a seed bundle",
        "s3",
        "put_object",
        {"Bucket": "{seeds}", "Key": "seed.zip", "Body": b"bad"},
    ),
    Attack(
        "poison what a registration uploads",
        "s3",
        "put_object",
        {"Bucket": "{uploads}", "Key": "seed.zip", "Body": b"bad"},
    ),
    Attack(
        "put a template into the product",
        "servicecatalog",
        "create_provisioning_artifact",
        {
            "ProductId": "{product}",
            "IdempotencyToken": "bad",
            "Parameters": {
                "Name": "bad",
                "Info": {"LoadTemplateFromURL": "https://s3.amazonaws.com/bad/template.json"},
            },
        },
    ),
    Attack(
        "delete a version that projects use",
        "servicecatalog",
        "delete_provisioning_artifact",
        {"ProductId": "{product}", "ProvisioningArtifactId": "{version}"},
    ),
    Attack("make a user", "iam", "create_user", {"UserName": "back-door"}),
    Attack(
        "register a model that approves itself",
        "sagemaker",
        "create_model_package",
        {
            "ModelPackageGroupName": "{own}-{own_id}",
            "ModelApprovalStatus": "PendingManualApproval",
            "CustomerMetadataProperties": {"approved-by-prod": "somebody"},
            "ModelLifeCycle": {"Stage": "prod", "StageStatus": "Approved"},
        },
    ),
)


def filled(value: Any, names: dict[str, str]) -> Any:
    """A request with the names of the scene in it; policies stay as they are."""
    if isinstance(value, dict):
        return {key: filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    if isinstance(value, str) and not value.startswith('{"'):
        return value.format(**names)
    return value


def answer(call: Callable[..., Any], request: dict[str, Any]) -> str:
    """The code of AWS's refusal, or `done`."""
    try:
        call(**request)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"
