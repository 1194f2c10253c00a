"""The protocol: what does not fit the service's model is refused, whatever the operation."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ROOT_KEYS
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws, training_arguments

_UNCHECKED = {"parameter_validation": False}


def test_missing_member_is_refused(aws: SageMakerAws) -> None:
    client = aws.client("sagemaker", **_UNCHECKED)
    with pytest.raises(ClientError, match=r"'modelPackageGroupName'.*must not be null"):
        client.create_model_package_group()


def test_name_outside_its_pattern_is_refused(aws: SageMakerAws) -> None:
    with pytest.raises(ClientError, match="regular expression pattern") as refused:
        aws.sagemaker.create_model_package_group(ModelPackageGroupName="not_allowed")
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_half_a_character_is_refused_and_not_answered_with_a_failure(aws: SageMakerAws) -> None:
    client = aws.client("sagemaker", **_UNCHECKED)
    with pytest.raises(ClientError, match=r"Value '\?' at 'modelName'") as refused:
        client.describe_model(ModelName="\ud800")
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_value_outside_its_enumeration_is_refused(aws: SageMakerAws) -> None:
    with pytest.raises(ClientError, match="enum value set"):
        aws.sagemaker.list_endpoints(SortOrder="Sideways")


def test_operation_that_is_not_modelled_is_named(aws: SageMakerAws) -> None:
    with pytest.raises(ClientError, match="sagemaker:ListNotebookInstances") as refused:
        aws.sagemaker.list_notebook_instances()
    assert refused.value.response["Error"]["Code"] == "UnknownOperationException"


def test_another_region_is_refused(aws: SageMakerAws) -> None:
    access_key, secret, _ = ROOT_KEYS
    client = boto3.client(
        "sagemaker",
        endpoint_url=aws.url,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
    )
    with pytest.raises(ClientError, match="eu-west-1, not in us-east-1"):
        client.list_endpoints()


def test_lists_come_in_pages(aws: SageMakerAws) -> None:
    names = [f"paged-{number}" for number in range(5)]
    for name in names:
        aws.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    pages = aws.sagemaker.get_paginator("list_model_package_groups").paginate(
        NameContains="paged", PaginationConfig={"PageSize": 2}
    )
    shown = [[g["ModelPackageGroupName"] for g in p["ModelPackageGroupSummaryList"]] for p in pages]
    assert shown == [names[0:2], names[2:4], names[4:]]


def test_a_made_up_token_is_refused(aws: SageMakerAws) -> None:
    with pytest.raises(ClientError, match="NextToken"):
        aws.sagemaker.list_models(NextToken="invented")


def test_tags_are_added_listed_and_removed(aws: SageMakerAws) -> None:
    arn = aws.sagemaker.create_model_package_group(
        ModelPackageGroupName="retagged", Tags=[{"Key": "a", "Value": "1"}]
    )["ModelPackageGroupArn"]
    aws.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    aws.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["a"])
    assert aws.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_tags_of_what_is_not_there_are_refused(aws: SageMakerAws) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/absent"
    with pytest.raises(ClientError, match="endpoint/absent"):
        aws.sagemaker.list_tags(ResourceArn=arn)


@pytest.mark.parametrize(
    ("spot", "stopping", "sentence"),
    [
        (False, {"MaxWaitTimeInSeconds": 900}, "is only supported when EnableManagedSpotTraining"),
        (True, {}, "must be present and be greater than or equal to MaxRuntimeInSeconds"),
        (True, {"MaxWaitTimeInSeconds": 599}, "must be present and be greater than or equal to"),
        (
            True,
            {"MaxRuntimeInSeconds": None, "MaxWaitTimeInSeconds": 24 * 3600 - 1},
            "must be present and be greater than or equal to",
        ),
    ],
)
def test_spot_capacity_and_a_limit_of_waiting_belong_together(
    aws: SageMakerAws, spot: bool, stopping: dict[str, Any], sentence: str
) -> None:
    limits = {"MaxRuntimeInSeconds": 600, **stopping}
    request = {
        **training_arguments(aws.role_arn),
        "EnableManagedSpotTraining": spot,
        "StoppingCondition": {name: value for name, value in limits.items() if value is not None},
    }
    with pytest.raises(ClientError, match=f"Invalid MaxWaitTimeInSeconds. It {sentence}") as error:
        aws.sagemaker.create_training_job(TrainingJobName="waits", **request)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    jobs = aws.sagemaker.list_training_jobs(NameContains="waits")["TrainingJobSummaries"]
    assert jobs == []
