"""Conditions of IAM on who may make and change which model package, and how."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.aws.sagemaker.condition_keys import condition_keys
from rehearsal.tests.emulator.local_aws import allow
from rehearsal.tests.sagemaker.packages import register
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws

_numbers = itertools.count()
CREATE, UPDATE = "sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage"
IN_DEV = {"Stage": "dev", "StageStatus": "Deployed"}
IN_PROD = {"Stage": "prod", "StageStatus": "Approved"}


def client_with(aws: SageMakerAws, action: str, operator: str, key: str, value: Any) -> Any:
    """SageMaker as a user who has one permission, under one condition."""
    condition = {"Condition": {operator: {key: value}}}
    keys = aws.user(f"conditional-{next(_numbers)}", {**allow(action), **condition})
    return aws.client("sagemaker", keys)


@pytest.mark.parametrize(
    ("operator", "key", "value", "allowed", "denied"),
    [
        (
            "StringEquals",
            "sagemaker:ModelApprovalStatus",
            "Rejected",
            {"ModelApprovalStatus": "Rejected"},
            {"ModelApprovalStatus": "Approved"},
        ),
        (
            "StringEquals",
            "sagemaker:ModelLifeCycle:Stage",
            "dev",
            {"ModelLifeCycle": IN_DEV},
            {"ModelLifeCycle": IN_PROD},
        ),
        (
            "StringEquals",
            "sagemaker:ModelLifeCycle:StageStatus",
            "Deployed",
            {"ModelLifeCycle": IN_DEV},
            {"ModelLifeCycle": IN_PROD},
        ),
        (
            "StringLike",
            "sagemaker:CustomerMetadataProperties/commit",
            "0*",
            {"CustomerMetadataProperties": {"commit": "0" * 40}},
            {"CustomerMetadataProperties": {"commit": "1" * 40}},
        ),
        (
            "Null",
            "sagemaker:ModelLifeCycle:Stage",
            "true",
            {"ModelApprovalStatus": "Approved"},
            {"ModelApprovalStatus": "Approved", "ModelLifeCycle": IN_DEV},
        ),
        (
            "Null",
            "sagemaker:CustomerMetadataProperties/approver",
            "true",
            {"CustomerMetadataProperties": {"commit": "x"}},
            {"CustomerMetadataProperties": {"commit": "x", "approver": "me"}},
        ),
    ],
)
def test_a_request_is_judged_by_what_it_asks_for(
    aws: SageMakerAws,
    group: str,
    operator: str,
    key: str,
    value: str,
    allowed: dict[str, Any],
    denied: dict[str, Any],
) -> None:
    makes = client_with(aws, CREATE, operator, key, value)
    arn = register(aws, group, makes, **allowed)
    assert_denied(CREATE, lambda: register(aws, group, makes, **denied))
    changes = client_with(aws, UPDATE, operator, key, value)
    changes.update_model_package(ModelPackageArn=arn, **allowed)
    assert_denied(UPDATE, lambda: changes.update_model_package(ModelPackageArn=arn, **denied))


@pytest.mark.parametrize(
    ("key", "value", "allowed", "denied"),
    [
        (
            "sagemaker:CurrentModelLifeCycleStage",
            "dev",
            {"ModelLifeCycle": IN_DEV},
            {"ModelLifeCycle": IN_PROD},
        ),
        (
            "sagemaker:CurrentModelLifeCycleStageStatus",
            "Deployed",
            {"ModelLifeCycle": IN_DEV},
            {"ModelLifeCycle": IN_PROD},
        ),
        (
            "sagemaker:CurrentCustomerMetadataProperties/owner",
            "us",
            {"CustomerMetadataProperties": {"owner": "us"}},
            {"CustomerMetadataProperties": {"owner": "them"}},
        ),
    ],
)
def test_a_request_is_judged_by_what_the_version_is(
    aws: SageMakerAws,
    group: str,
    key: str,
    value: str,
    allowed: dict[str, Any],
    denied: dict[str, Any],
) -> None:
    client = client_with(aws, UPDATE, "StringEquals", key, value)
    ours, theirs, neither = (register(aws, group, **made) for made in (allowed, denied, {}))
    client.update_model_package(ModelPackageArn=ours, ApprovalDescription="seen")
    for arn in (theirs, neither):
        # What the request says of itself does not count for what the version is.
        request = {"ModelPackageArn": arn, **allowed}
        assert_denied(UPDATE, lambda request=request: client.update_model_package(**request))


def test_only_named_metadata_may_be_removed(aws: SageMakerAws, group: str) -> None:
    key, names = "sagemaker:CustomerMetadataPropertiesToRemove", ["note", "hint"]
    client = client_with(aws, UPDATE, "ForAllValues:StringEquals", key, names)
    arn = register(aws, group, CustomerMetadataProperties={"note": "1", "commit": "2"})
    remove = {"ModelPackageArn": arn, "CustomerMetadataPropertiesToRemove": ["note", "commit"]}
    assert_denied(UPDATE, lambda: client.update_model_package(**remove))
    remove["CustomerMetadataPropertiesToRemove"] = ["note"]
    client.update_model_package(**remove)
    shown = aws.sagemaker.describe_model_package(ModelPackageName=arn)
    assert shown["CustomerMetadataProperties"] == {"commit": "2"}


@pytest.mark.parametrize(
    "request_",
    [{"ModelLifeCycle": "prod", "CustomerMetadataProperties": ["a"], "ModelPackageArn": ["b"]}, {}],
)
def test_a_request_that_is_not_valid_gives_no_keys(request_: dict[str, Any]) -> None:
    assert condition_keys("UpdateModelPackage", request_, {}) == {}


def test_other_calls_have_none_of_these_keys() -> None:
    assert condition_keys("DescribeModelPackage", {"ModelApprovalStatus": "Approved"}, {}) == {}


def assert_denied(action: str, call: Any) -> None:
    with pytest.raises(ClientError, match=f"not authorized to perform: {action}"):
        call()
