"""Groups and versions of models."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.sagemaker.packages import register
from rehearsal.tests.sagemaker.sagemaker_aws import IMAGE, SageMakerAws


def test_versions_count_up_and_are_never_used_again(aws: SageMakerAws, group: str) -> None:
    first, second = register(aws, group), register(aws, group)
    aws.sagemaker.delete_model_package(ModelPackageName=second)
    third = register(aws, group)
    assert [arn.rsplit("/", 1)[-1] for arn in (first, second, third)] == ["1", "2", "3"]


def test_a_new_version_waits_for_approval(aws: SageMakerAws, group: str) -> None:
    shown = aws.sagemaker.describe_model_package(ModelPackageName=register(aws, group))
    assert shown["ModelApprovalStatus"] == "PendingManualApproval"
    assert shown["ModelPackageStatus"] == "Completed"
    assert shown["ModelPackageVersion"] == 1


def test_versions_are_listed_oldest_first(aws: SageMakerAws, group: str) -> None:
    arns = [register(aws, group) for _ in range(3)]
    client = aws.sagemaker
    listed = client.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    assert [package["ModelPackageArn"] for package in listed] == arns
    newest = client.list_model_packages(
        ModelPackageGroupName=group, SortOrder="Descending", MaxResults=1
    )
    assert newest["ModelPackageSummaryList"][0]["ModelPackageArn"] == arns[-1]


def test_listing_chooses_by_approval(aws: SageMakerAws, group: str) -> None:
    register(aws, group)
    approved = register(aws, group, ModelApprovalStatus="Approved")
    listed = aws.sagemaker.list_model_packages(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved"
    )["ModelPackageSummaryList"]
    assert [package["ModelPackageArn"] for package in listed] == [approved]


def test_artifacts_must_be_in_s3(aws: SageMakerAws, group: str) -> None:
    absent = {"Image": IMAGE, "ModelDataUrl": "s3://sagemaker-tests/artifacts/absent.tar.gz"}
    specification = {"Containers": [absent], "SupportedContentTypes": ["text/csv"]}
    specification["SupportedResponseMIMETypes"] = ["text/csv"]
    with pytest.raises(ClientError, match=r"absent\.tar\.gz"):
        aws.sagemaker.create_model_package(
            ModelPackageGroupName=group, InferenceSpecification=specification
        )


def test_group_with_versions_is_not_deleted(aws: SageMakerAws, group: str) -> None:
    package = register(aws, group)
    with pytest.raises(ClientError, match="not empty") as refused:
        aws.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    assert refused.value.response["Error"]["Code"] == "ConflictException"
    aws.sagemaker.delete_model_package(ModelPackageName=package)
    aws.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match="does not exist"):
        aws.sagemaker.describe_model_package_group(ModelPackageGroupName=group)


def test_group_names_are_unique(aws: SageMakerAws, group: str) -> None:
    with pytest.raises(ClientError, match="already exists"):
        aws.sagemaker.create_model_package_group(ModelPackageGroupName=group)


def test_group_policy_is_kept_and_removed(aws: SageMakerAws, group: str) -> None:
    policy = '{"Version": "2012-10-17", "Statement": []}'
    client = aws.sagemaker
    client.put_model_package_group_policy(ModelPackageGroupName=group, ResourcePolicy=policy)
    shown = client.get_model_package_group_policy(ModelPackageGroupName=group)
    assert shown["ResourcePolicy"] == policy
    client.delete_model_package_group_policy(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match="Cannot find resource policy"):
        client.get_model_package_group_policy(ModelPackageGroupName=group)
