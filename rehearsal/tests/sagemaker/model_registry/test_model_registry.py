"""Groups and versions of models."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.sagemaker.packages import register
from rehearsal.tests.sagemaker.stage import IMAGE, Stage


def test_versions_count_up_and_are_never_used_again(stage: Stage, group: str) -> None:
    first, second = register(stage, group), register(stage, group)
    stage.sagemaker.delete_model_package(ModelPackageName=second)
    third = register(stage, group)
    assert [arn.rsplit("/", 1)[-1] for arn in (first, second, third)] == ["1", "2", "3"]


def test_a_new_version_waits_for_approval(stage: Stage, group: str) -> None:
    shown = stage.sagemaker.describe_model_package(ModelPackageName=register(stage, group))
    assert shown["ModelApprovalStatus"] == "PendingManualApproval"
    assert shown["ModelPackageStatus"] == "Completed"
    assert shown["ModelPackageVersion"] == 1


def test_versions_are_listed_oldest_first(stage: Stage, group: str) -> None:
    arns = [register(stage, group) for _ in range(3)]
    client = stage.sagemaker
    listed = client.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    assert [package["ModelPackageArn"] for package in listed] == arns
    newest = client.list_model_packages(
        ModelPackageGroupName=group, SortOrder="Descending", MaxResults=1
    )
    assert newest["ModelPackageSummaryList"][0]["ModelPackageArn"] == arns[-1]


def test_listing_chooses_by_approval(stage: Stage, group: str) -> None:
    register(stage, group)
    approved = register(stage, group, ModelApprovalStatus="Approved")
    listed = stage.sagemaker.list_model_packages(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved"
    )["ModelPackageSummaryList"]
    assert [package["ModelPackageArn"] for package in listed] == [approved]


def test_artifacts_must_be_in_s3(stage: Stage, group: str) -> None:
    absent = {"Image": IMAGE, "ModelDataUrl": "s3://sagemaker-tests/artifacts/absent.tar.gz"}
    specification = {"Containers": [absent], "SupportedContentTypes": ["text/csv"]}
    specification["SupportedResponseMIMETypes"] = ["text/csv"]
    with pytest.raises(ClientError, match=r"absent\.tar\.gz"):
        stage.sagemaker.create_model_package(
            ModelPackageGroupName=group, InferenceSpecification=specification
        )


def test_group_with_versions_is_not_deleted(stage: Stage, group: str) -> None:
    package = register(stage, group)
    with pytest.raises(ClientError, match="not empty") as refused:
        stage.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    assert refused.value.response["Error"]["Code"] == "ConflictException"
    stage.sagemaker.delete_model_package(ModelPackageName=package)
    stage.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match="does not exist"):
        stage.sagemaker.describe_model_package_group(ModelPackageGroupName=group)


def test_group_names_are_unique(stage: Stage, group: str) -> None:
    with pytest.raises(ClientError, match="already exists"):
        stage.sagemaker.create_model_package_group(ModelPackageGroupName=group)


def test_group_policy_is_kept_and_removed(stage: Stage, group: str) -> None:
    policy = '{"Version": "2012-10-17", "Statement": []}'
    client = stage.sagemaker
    client.put_model_package_group_policy(ModelPackageGroupName=group, ResourcePolicy=policy)
    shown = client.get_model_package_group_policy(ModelPackageGroupName=group)
    assert shown["ResourcePolicy"] == policy
    client.delete_model_package_group_policy(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match="Cannot find resource policy"):
        client.get_model_package_group_policy(ModelPackageGroupName=group)
