"""The protocol: what does not fit the service's model is refused, whatever the operation."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ROOT_KEYS
from rehearsal.tests.sagemaker.stage import Stage

_UNCHECKED = {"parameter_validation": False}


def test_missing_member_is_refused(stage: Stage) -> None:
    client = stage.aws.client("sagemaker", **_UNCHECKED)
    with pytest.raises(ClientError, match=r"'modelPackageGroupName'.*must not be null"):
        client.create_model_package_group()


def test_name_outside_its_pattern_is_refused(stage: Stage) -> None:
    with pytest.raises(ClientError, match="regular expression pattern") as refused:
        stage.sagemaker.create_model_package_group(ModelPackageGroupName="not_allowed")
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_half_a_character_is_refused_and_not_answered_with_a_failure(stage: Stage) -> None:
    client = stage.aws.client("sagemaker", **_UNCHECKED)
    with pytest.raises(ClientError, match=r"Value '\?' at 'modelName'") as refused:
        client.describe_model(ModelName="\ud800")
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_value_outside_its_enumeration_is_refused(stage: Stage) -> None:
    with pytest.raises(ClientError, match="enum value set"):
        stage.sagemaker.list_endpoints(SortOrder="Sideways")


def test_operation_that_is_not_modelled_is_named(stage: Stage) -> None:
    with pytest.raises(ClientError, match="sagemaker:ListNotebookInstances") as refused:
        stage.sagemaker.list_notebook_instances()
    assert refused.value.response["Error"]["Code"] == "UnknownOperationException"


def test_another_region_is_refused(stage: Stage) -> None:
    access_key, secret, _ = ROOT_KEYS
    client = boto3.client(
        "sagemaker",
        endpoint_url=stage.aws.url,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
    )
    with pytest.raises(ClientError, match="eu-west-1, not in us-east-1"):
        client.list_endpoints()


def test_lists_come_in_pages(stage: Stage) -> None:
    names = [f"paged-{number}" for number in range(5)]
    for name in names:
        stage.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    pages = stage.sagemaker.get_paginator("list_model_package_groups").paginate(
        NameContains="paged", PaginationConfig={"PageSize": 2}
    )
    shown = [[g["ModelPackageGroupName"] for g in p["ModelPackageGroupSummaryList"]] for p in pages]
    assert shown == [names[0:2], names[2:4], names[4:]]


def test_a_made_up_token_is_refused(stage: Stage) -> None:
    with pytest.raises(ClientError, match="NextToken"):
        stage.sagemaker.list_models(NextToken="invented")


def test_tags_are_added_listed_and_removed(stage: Stage) -> None:
    arn = stage.sagemaker.create_model_package_group(
        ModelPackageGroupName="retagged", Tags=[{"Key": "a", "Value": "1"}]
    )["ModelPackageGroupArn"]
    stage.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    stage.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["a"])
    assert stage.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_tags_of_what_is_not_there_are_refused(stage: Stage) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/absent"
    with pytest.raises(ClientError, match="endpoint/absent"):
        stage.sagemaker.list_tags(ResourceArn=arn)
