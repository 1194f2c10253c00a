"""Groups and versions of models, and the events about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.aws.local_aws import wait_for
from tests.rehearsal.sagemaker.stage import IMAGE, Stage

Events = Callable[[int], list[dict[str, Any]]]


@pytest.fixture
def group(stage: Stage, request: pytest.FixtureRequest) -> str:
    name = request.node.name.replace("_", "-")[:60].strip("-")
    stage.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    stage.put("artifacts/model.tar.gz", b"model")
    return str(name)


@pytest.fixture
def package_events(stage: Stage, group: str) -> Events:
    """Reads the next events about the group's packages from a queue behind a rule."""
    queue = stage.aws.client("sqs").create_queue(QueueName=group)["QueueUrl"]
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {"ModelPackageGroupName": [group]},
    }
    events = stage.aws.client("events")
    events.put_rule(Name=group, EventPattern=json.dumps(pattern))
    arn = f"arn:aws:sqs:eu-west-1:111122223333:{group}"
    access = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [access]})
    sqs = stage.aws.client("sqs")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    events.put_targets(Rule=group, Targets=[{"Id": "queue", "Arn": arn}])
    found: list[dict[str, Any]] = []

    def next_events(count: int) -> list[dict[str, Any]]:
        def enough() -> bool:
            answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            return len(found) >= count

        wait_for(enough, seconds=5, what=f"{count} events")
        return found

    return next_events


def register(stage: Stage, group: str, **more: Any) -> str:
    container = {"Image": IMAGE, "ModelDataUrl": "s3://sagemaker-tests/artifacts/model.tar.gz"}
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    request = {"ModelPackageGroupName": group, "InferenceSpecification": specification, **more}
    return str(stage.sagemaker.create_model_package(**request)["ModelPackageArn"])


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


def test_approval_is_told_with_what_changed(
    stage: Stage, group: str, package_events: Events
) -> None:
    arn = register(stage, group)
    stage.sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="good"
    )
    born, approved = package_events(2)
    assert "UpdatedModelPackageFields" not in born["detail"]
    assert approved["resources"] == [arn]
    assert approved["detail"]["ModelApprovalStatus"] == "Approved"
    assert approved["detail"]["ModelPackageVersion"] == 1
    assert approved["detail"]["UpdatedModelPackageFields"] == [
        "ModelApprovalStatus",
        "ApprovalDescription",
    ]


def test_metadata_change_says_that_only_metadata_changed(
    stage: Stage, group: str, package_events: Events
) -> None:
    arn = register(stage, group, ModelApprovalStatus="Approved")
    stage.sagemaker.update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"stage": "dev"}
    )
    _, changed = package_events(2)
    assert changed["detail"]["ModelApprovalStatus"] == "Approved"
    assert changed["detail"]["UpdatedModelPackageFields"] == ["CustomerMetadataProperties"]
